"""The five files that Funcdex-Synthesizer leaves behind, from the rows of a run.

The first three hold every conversation that was finished, those included that the judge refused; the last two hold
the accepted ones, which are as many as were asked for. What Funcdex keeps and Callwright does not is left out: time
stamps (a rerun gives the same bytes) and the number of corrections (the run directory lists every refusal).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from callwright.compat.dml import to_dml
from callwright.config import Config
from callwright.datasets.io import write_atomically
from callwright.datasets.lines import to_object
from callwright.ledgers import Ledgers
from callwright.quality.judge import SCORES
from callwright.quality.kinds import turns_of
from callwright.records import Row
from callwright.tools.catalog import Catalog

Object = dict[str, Any]


def write(config: Config, catalog: Catalog, ledger: Ledgers, recipe: str, asked: int) -> None:
    """Write the files that `config.funcdex` names, for the rows with numbers under `asked`.

    Each file is there whole or not at all. Raises `DatasetError`.
    """
    assert config.funcdex is not None
    files = config.funcdex
    shown = Shown({tool.name: tool.toolkit for tool in catalog}, config.generation.tools.bundles)

    def stage(path: str, rows: Callable[[], Iterable[tuple[str, Row]]], form: Callable[[str, Row], Object]) -> None:
        write_atomically(Path(path), (orjson.dumps(form(name, row)) + b"\n" for name, row in rows()))

    def finished() -> Iterator[tuple[str, Row]]:
        for attempt, row in ledger.judged_low(recipe):
            if row.metadata.row < asked:
                yield f"conv_{row.metadata.row + 1:05d}_refused_{attempt}", row
        yield from accepted()

    def accepted() -> Iterator[tuple[str, Row]]:
        for row in ledger.rows(recipe, asked):
            yield f"conv_{row.metadata.row + 1:05d}", row

    stage(files.conversations, finished, shown.conversation)
    stage(files.conversations_with_system_prompts, finished, shown.prompted)
    stage(files.scored_conversations, finished, shown.scored)
    stage(files.accepted_conversations, accepted, shown.scored)
    stage(files.parsed_conversations, accepted, lambda _, row: shown.parsed(row))


@dataclass(frozen=True)
class Shown:
    """A row in the form of each stage."""

    toolkit_of: dict[str, str]
    bundles: tuple[tuple[str, ...], ...]

    def conversation(self, name: str, row: Row) -> Object:
        about = row.metadata
        metadata = {
            "scenario": about.topic[-1],
            "user_persona": about.persona,
            "disposition": disposition(row),
            "selected_toolkits": self.toolkits(row),
            "clarity_level": about.clarity,
            "conversation_id": about.row + 1,
        }
        return {"id": name, "conversation_dml": to_dml(row), "metadata": metadata}

    def prompted(self, name: str, row: Row) -> Object:
        return {**self.conversation(name, row), "system_prompt": system_prompt(row)}

    def scored(self, name: str, row: Row) -> Object:
        scores = {score: int(row.metadata.scores[score]) for score in SCORES if score in row.metadata.scores}
        return {**self.prompted(name, row), "scores": {"reasoning": row.metadata.judgement, **scores}}

    def parsed(self, row: Row) -> Object:
        """Funcdex's final row, ready for training."""
        toolkits = self.toolkits(row)
        whole = to_object(row)
        return {
            "messages": [message for message in whole["messages"] if message["role"] != "system"],
            "system_prompt": system_prompt(row),
            "tools": whole["tools"],
            "toolkit": "-".join(toolkits),
            "original_toolkit_count": len(toolkits),
        }

    def toolkits(self, row: Row) -> list[str]:
        """The toolkit or bundle that the row drew from: the smallest that holds the toolkits of all its calls."""
        called = {self.toolkit_of.get(call.name, "") for message in row.messages for call in message.tool_calls}
        called = called - {""} or set(row.metadata.toolkits)
        fitting = [bundle for bundle in self.bundles if called <= set(bundle)]
        if not fitting:
            return sorted(called)
        smallest = min(fitting, key=len)
        return list(smallest)


def system_prompt(row: Row) -> str:
    first = row.messages[0]
    return first.content if first.role == "system" else ""


def disposition(row: Row) -> str:
    """How the conversation goes, a sentence for each of its user turns."""
    said = []
    for number, turn in enumerate(turns_of(row.messages), 1):
        steps = ", then ".join(f"{width} call{'' if width == 1 else 's'}" for width in turn.groups)
        said.append(
            f"Turn {number}: the user speaks, the assistant answers {f'after {steps}' if steps else 'at once'}."
        )
    return " ".join(said)
