"""A model that says what it was told to say: for tests and documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from callwright.errors import ConfigError, UserError
from callwright.llm.settings import LLMSettings
from callwright.records import Reply, Request

SHOWN_CHARS = 80
"""Of the request that no answer is left for."""


class ScriptedModel:
    """Answers from a list in order, or from a function of the request. An exception in the list is raised.

    `requests` keeps what it was asked. Raises `UserError` where the list ends before the requests do.
    """

    def __init__(
        self,
        script: Iterable[str | Reply | Exception] | Callable[[Request], str | Reply],
        name: str = "scripted",
    ) -> None:
        self.id = name
        self.requests: list[Request] = []
        self._answer = script if callable(script) else None
        self._replies = iter(()) if callable(script) else iter(script)

    async def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        said = self._answer(request) if self._answer else next(self._replies, None)
        if said is None:
            asked = " ".join(request.messages[-1].content.split())[:SHOWN_CHARS]
            raise UserError(
                f"{self.id}: the script ends before request {len(self.requests)} ({asked!r}).",
                hint="Give it a line for each request, or ask a model.",
            )
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, Reply) else Reply(text=said)

    async def close(self) -> None:
        pass


def build(settings: LLMSettings) -> ScriptedModel:
    """`provider: scripted` reads its answers from the file `model`, one a line."""
    try:
        return ScriptedModel(Path(settings.model).read_text(encoding="utf-8").splitlines(), settings.model)
    except OSError as error:
        raise ConfigError(f"llm.model: the script {settings.model!r} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"llm.model: the script {settings.model!r} is no text in UTF-8.") from error
