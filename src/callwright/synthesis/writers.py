"""How the settings become a writer: one function for each name of `generation.writer`."""

from __future__ import annotations

from callwright.llm.settings import LLMSettings
from callwright.plugins import Model, Writer
from callwright.synthesis.settings import GenerationSettings
from callwright.synthesis.turns import Turns
from callwright.synthesis.whole import Whole, form_for


def turns(model: Model, made: GenerationSettings, _: LLMSettings, system: str) -> Writer:
    """A request for each message; `system` opens every conversation."""
    return Turns(
        model,
        reasoning=made.conversation.reasoning,
        tries=made.max_retries,
        guidance=made.system_prompt.strip(),
        system=system,
        clarity=made.clarity,
    )


def whole(model: Model, made: GenerationSettings, llm: LLMSettings, system: str) -> Writer:
    """One request for the dialogue, under a grammar that the server of `llm` reads."""
    return Whole(
        model,
        form=form_for(llm),
        reasoning=made.conversation.reasoning,
        tries=made.max_retries,
        guidance=made.system_prompt.strip(),
        system=system,
        clarity=made.clarity,
    )
