"""The nouns of the system, frozen.

Data only: what is done with a record stands in the package that does it. Settings are not records; they stand
beside the class that they set.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, draft 2020-12 unless it says otherwise."""

Pointer: TypeAlias = str
"""A JSON pointer (RFC 6901): `/items/0/id`; the empty string is the whole value."""


class Record(BaseModel):
    """A frozen value. Unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- tools and topics ------------------------------------------------------------------------------------------

Action = Literal["create", "read", "update", "delete", "list", "search", "other"]


class Tool(Record):
    """One function that a model may call."""

    name: str
    """Valid for every provider: `^[a-zA-Z0-9_-]{1,64}$`, unique in its catalog."""
    description: str = ""
    parameters: Schema
    """JSON Schema of the arguments object, exactly as the model sees it."""
    returns: Schema | None = None
    """JSON Schema of a successful result; None where it is not known."""
    returns_text: str = ""
    """What the source says of the result in prose ("Created issue number and URL")."""
    toolkit: str = ""
    """The application that the tool belongs to; empty where the source names none."""
    action: Action = "other"
    """What a call means to the resource, as far as the source tells."""
    mutates: bool = False
    """Whether a call can change the world's state (only these are replayed when scoring)."""
    method: str = ""
    """HTTP method, upper case, where the tool is an operation of an HTTP API."""
    path: str = ""
    """Path template of that operation: `/repos/{owner}/{repo}/issues`."""

    def definition(self) -> dict[str, Any]:
        """The OpenAI function definition, as it stands in a row's `tools`."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}


class Topic(Record):
    """A path from the root prompt to a leaf of the topic tree or graph."""

    path: tuple[str, ...]

    @property
    def leaf(self) -> str:
        return self.path[-1]


# --- what checks say -------------------------------------------------------------------------------------------


class Finding(Record):
    """What a check says: where, what, how bad. Findings of a rejection are the prompt of the next attempt."""

    code: str
    """Stable, dotted: `arguments.unknown_key`."""
    path: str
    """Where in the thing checked: `$.messages[2].tool_calls[0].arguments/repository`, or `file:line`."""
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.message} [{self.code}]"


# --- talking to a model ----------------------------------------------------------------------------------------


class ToolCall(Record):
    id: str
    name: str
    arguments: dict[str, Any]


class Message(Record):
    """One chat message, in OpenAI's roles."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Constraint(Record):
    """What a reply must look like. Each backend says it in its own way; none may ignore it silently."""

    kind: Literal["json_schema", "regex", "lark", "gbnf", "structural_tag"] = "json_schema"
    body: Schema | str
    """The schema (or structural tag) as an object, the regex or grammar as text."""


class Request(Record):
    """One question to a model. Together with the model's id it is the key of the reply in the ledger."""

    messages: tuple[Message, ...]
    constraint: Constraint | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()
    """OpenAI function definitions, for a model that is asked to call (evaluation); synthesis does not use them."""
    again: int = 0
    """How many replies to this request were unusable before: no model is told, but each reply has a key of its own."""

    def key(self, model_id: str) -> str:
        """SHA-256 (hex) over the model's id and every field; the order of keys in a schema counts."""
        return hashlib.sha256(orjson.dumps([model_id, self.model_dump()])).hexdigest()


class Reply(Record):
    """What a model answered, as it came."""

    text: str
    finish: Literal["stop", "length", "tool_calls", "other"] = "stop"
    tool_calls: tuple[ToolCall, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    """US dollars, where the price of the model is known."""


# --- a row before its words ------------------------------------------------------------------------------------

SourceKind = Literal["user", "result", "system", "default", "composed"]


class Source(Record):
    """Where the value of an argument comes from.

    `user`: said by the user in turn `turn`; `result`: at `pointer` in the result of call `call`; `system`: in the
    system prompt; `default`: the schema's default; `composed`: free text that the assistant writes (a title, a
    body, a query), which may hold no identifier, number or date that was not said before.
    """

    kind: SourceKind
    turn: int | None = None
    call: str | None = None
    pointer: Pointer | None = None
    text: str | None = None
    """The value as it is said, where that is not its plain form ("15 July 2026")."""


class PlannedCall(Record):
    """A call with all its values, and what the executor answered."""

    id: str
    tool: str
    arguments: dict[str, Any]
    sources: dict[Pointer, Source]
    """One for every leaf of `arguments` (an empty list or object is a leaf)."""
    situation: str = ""
    """Why the user needs it: one or two sentences, in the first person."""
    wants: str = ""
    """What the user asks for, in the tool's own description, without its name."""
    mentions: tuple[str, ...] = ()
    """What its texts take over from earlier results, which the user cannot know before those came."""
    because: str = ""
    """What made the assistant call once more: an error, a further page, a correction; empty for a first call."""
    instruction: str = ""
    """What somebody has hidden in the result for the assistant to obey."""
    result: Any = None
    error: str | None = None
    """Set where the executor refused the call; the result is then the error's body."""
    fault: str = ""
    """The kind of fault that the call was made to meet; empty where the answer is the executor's own."""
    state: str = ""
    """Fingerprint of what the row's calls have changed, this one included; empty where no state is kept."""


class PlannedTurn(Record):
    """What the user wants in one turn, and the calls that serve it."""

    intent: str = ""
    """What the user says, where that is no request for the turn's calls."""
    plainly: str = ""
    """The same in plain words: where no words of a model can be used."""
    steps: tuple[tuple[PlannedCall, ...], ...] = ()
    """Calls of one step are made in parallel; a later step may use the results of an earlier one."""
    missing: Pointer | None = None
    """The argument of the next turn's call that the user leaves out here and the assistant has to ask for."""
    unfit: PlannedCall | None = None
    """The call that the user would need and that is not made."""
    why_not: str = ""
    """Why `unfit` is not made ("the rules here do not allow it"); empty: its tool is not offered."""
    opening: str = ""
    """What stands before the user's own words."""

    @property
    def calls(self) -> tuple[PlannedCall, ...]:
        return tuple(call for step in self.steps for call in step)


class Mark(Record):
    """Something that a row shows on purpose: what the check of its kind looks for. Flat, as `Provenance` is."""

    what: Literal["correction", "instruction", "policy", "late"]
    """An argument that a call has for a corrected one; an instruction hidden in a result; what the system prompt
    forbids; a tool that is there only later."""
    call: str = ""
    """Id of the call that it is about."""
    tool: str = ""
    """The tool that is corrected, demanded, forbidden, late."""
    pointer: Pointer = ""
    """The argument, or the place in the result."""
    text: str = ""
    """The instruction, or the rule in the system prompt, word for word."""
    breach: Literal["", "is", "above", "outside"] = ""
    """How what the user asks for breaks a rule about one value: it is what the rule names, above it, or not at the mail
    domain that it names; empty where the rule forbids the tool."""
    value: str = ""
    """What the user asks for there."""
    limit: str = ""
    """What the rule says of it."""


class Persona(Record):
    """Who speaks in a row."""

    name: str
    job: str
    company: str
    tone: str
    expertise: str = ""
    """What they know of their subject; empty: as much as people do."""
    language: str = "en"
    """In which they write: a code of `tools/languages.py`."""

    @property
    def manner(self) -> str:
        """Tone and expertise, as a model is told them."""
        return "; ".join(part for part in (self.tone, self.expertise) if part)


class Blueprint(Record):
    """One row before its words: a pure function of (configuration, seed, row) and the model's replies."""

    row: int
    seed: str
    """What all chance in this row depends on: run seed, row and attempt."""
    topic: Topic
    kind: str
    persona: Persona
    tools: tuple[Tool, ...]
    """Offered, in the order in which the row shows them; distractors included."""
    scenario: str = ""
    clarity: str = ""
    """How clearly the user asks: a name of `generation.clarity`."""
    policy: str = ""
    """What the system prompt has to say, because the dialogue rests on it."""
    marks: tuple[Mark, ...] = ()
    turns: tuple[PlannedTurn, ...] = ()

    @property
    def calls(self) -> tuple[PlannedCall, ...]:
        return tuple(call for turn in self.turns for call in turn.calls)


# --- a finished sample -----------------------------------------------------------------------------------------


class ReasoningStep(Record):
    step_number: int
    thought: str
    action: str


class Reasoning(Record):
    style: Literal["freetext", "agent"]
    content: str | tuple[ReasoningStep, ...]


class Provenance(Record):
    """The proof of one argument, in terms of the finished row. Flat, so that every row has the same columns."""

    call: str
    """Id of the call."""
    argument: Pointer
    source: SourceKind
    message: int | None = None
    """Index in `messages` of the message that holds the value."""
    pointer: Pointer | None = None
    """Where in that message's JSON (a result)."""
    text: str | None = None
    """The value as that message says it."""


class Injected(Record):
    """A call that was made to meet a fault."""

    call: str
    """Id of the call."""
    kind: str
    """`timeout`, `rate_limit`, ...: a name of `execution/fault_kinds.py`."""


class Metadata(Record):
    id: str
    topic: tuple[str, ...] = ()
    kind: str
    toolkits: tuple[str, ...] = ()
    seed: int
    row: int
    provenance: tuple[Provenance, ...] = ()
    written_by_code: tuple[str, ...] = ()
    """Places whose text a fallback wrote, because no reply of the model passed its checks."""
    persona: str = ""
    """Who the user is: name, job and company, tone."""
    reasoning_style: str = ""
    """`agent` or `freetext`, wherever the reasoning stands; empty where there is none."""
    reasoning_turns: tuple[int, ...] = ()
    """For each paragraph of a free text the user turn (from 0) that it is about."""
    language: str = "en"
    """In which the user writes and is answered."""
    clarity: str = ""
    """How clearly the user asks: a name of `generation.clarity`."""
    scores: dict[str, float] = {}
    """What the judge gave, from 1 to 5; empty where no judge was asked or none answered."""
    judgement: str = ""
    """The judge's reasons, or why there are none."""
    faults: tuple[Injected, ...] = ()
    """The calls that were made to meet a fault."""
    marks: tuple[Mark, ...] = ()
    """What the row shows on purpose besides: corrections, hidden instructions, rules, tools that come late."""
    world: str = ""
    """The seed of the world in which the calls were made; empty where no state was kept."""
    state: str = ""
    """Fingerprint of what the calls have changed in it: what another model's calls have to come to."""
    model: str = ""
    recipe: str = ""
    """Hash of the settings that decide a row's content."""


class Row(Record):
    """A finished sample, as it stands in the dataset."""

    messages: tuple[Message, ...]
    reasoning: Reasoning | None
    tools: tuple[dict[str, Any], ...]
    metadata: Metadata


class Refusal(Record):
    """A rejection is a stored value: what was refused, where, and why."""

    row: int
    step: str
    attempt: int
    findings: tuple[Finding, ...]
