"""A model's opinion of a finished row: two scores from 1 to 5 and the reasons for them.

A judge that fails is not counted against the row: it is kept, without scores, and its metadata says why. What code
can check is not asked here; a row is judged after every check by code has passed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from callwright.errors import RateLimited, Rejected, ServerError, TimedOut
from callwright.llm.conform import read_json
from callwright.pipeline import attempt
from callwright.plugins import Model, Refused
from callwright.prompts import render
from callwright.quality.settings import JudgeSettings
from callwright.records import Constraint, Finding, Message, Reply, Request, Row, Schema
from callwright.text import plain

SCORES = ("user_query_clarity", "tool_use_quality")
REASON_CHARS = 300
RESULT_CHARS = 1500
"""Of one result that the judge is shown."""


@dataclass(frozen=True)
class Judgement:
    """One score with its reason, for each of `SCORES`."""

    scores: dict[str, float]
    reasons: dict[str, str]

    def __str__(self) -> str:
        return " ".join(f"{name} {self.scores[name]:g}: {self.reasons[name]}" for name in SCORES)


class Judge:
    """Scores row after row."""

    def __init__(self, model: Model, settings: JudgeSettings, *, tries: int) -> None:
        own = settings.llm.model_fields_set if settings.llm else set()
        self._model = model
        self._tries = tries
        self._least = settings.min_tool_use_quality
        self._temperature = None if "temperature" in own else 0.0

    async def scored(self, row: Row, refused: Refused) -> Row:
        """`row` with scores and reasons in its metadata, or with the reason why it has none.

        Raises `ModelError` for what will fail every row: no connection, a wrong key, an unknown model.
        """
        try:
            judgement, _ = await attempt(ScoreRow(row, self._temperature), self._model, self._tries, refused)
        except Rejected:
            return _with(row, {}, "not judged: the judge gave no readable answer")
        except (TimedOut, RateLimited, ServerError) as error:
            refused(ScoreRow.name, 0, (Finding(code="judge.failed", path="$", message=str(error)),))
            return _with(row, {}, f"not judged: {error}")
        return _with(row, judgement.scores, str(judgement))

    def low(self, row: Row) -> tuple[Finding, ...]:
        """Why a scored row is not good enough; nothing for one without scores."""
        quality = row.metadata.scores.get("tool_use_quality")
        if quality is None or quality >= self._least:
            return ()
        message = f"is judged {quality:g} of 5, {self._least} are wanted ({row.metadata.judgement})"
        return (Finding(code="judge.tool_use_quality", path="$", message=message),)


@dataclass(frozen=True)
class ScoreRow:
    """The step that scores one row."""

    row: Row
    temperature: float | None = 0.0
    name = "judge"

    @property
    def schema(self) -> Schema:
        parts: dict[str, Any] = {}
        for name in SCORES:
            parts[f"{name}_reason"] = {"type": "string", "minLength": 1, "maxLength": REASON_CHARS}
            parts[name] = {"type": "integer", "minimum": 1, "maximum": 5}
        return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}

    def ask(self, attempt: int) -> Request:
        functions = [tool.get("function", {}) for tool in self.row.tools]
        tools = [(function.get("name", ""), function.get("description", "")) for function in functions]
        seed = hashlib.sha256(f"{self.row.metadata.id}/{self.name}/{attempt}".encode()).digest()
        return Request(
            messages=render("judge", tools=tools, dialogue=dialogue(self.row)),
            constraint=Constraint(body=self.schema),
            max_tokens=320,
            temperature=self.temperature,
            seed=int.from_bytes(seed[:4]) & 0x7FFFFFFF,
        )

    def read(self, reply: Reply) -> Judgement:
        value = read_json(reply, self.schema)
        reasons = {name: " ".join(plain(value[f"{name}_reason"]).split()) for name in SCORES}
        return Judgement({name: float(value[name]) for name in SCORES}, reasons)

    def fallback(self) -> Judgement:
        """Code has no opinion. Raises `Rejected`."""
        raise Rejected([Finding(code="judge.unreadable", path="$", message="no answer of the judge could be read")])


def dialogue(row: Row) -> str:
    """The row as the judge reads it, a line for each thing said, called or answered."""
    return "\n".join(line for message in row.messages for line in _lines(message))


def _lines(message: Message) -> list[str]:
    if message.role == "tool":
        shown = message.content[:RESULT_CHARS] + ("…" if len(message.content) > RESULT_CHARS else "")
        return [f"RESULT: {shown}"]
    said = [f"{message.role.upper()}: {message.content}"] if message.content else []
    calls = [f"CALL: {call.name}({json.dumps(call.arguments, ensure_ascii=False)})" for call in message.tool_calls]
    return [*said, *calls]


def _with(row: Row, scores: dict[str, float], judgement: str) -> Row:
    metadata = row.metadata.model_copy(update={"scores": scores, "judgement": judgement})
    return row.model_copy(update={"metadata": metadata})
