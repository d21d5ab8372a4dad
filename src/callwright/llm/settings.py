"""Settings of a model, as `llm:` in the configuration and in every section that carries its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from callwright.records import Reply

EMBEDDED = frozenset({"local", "llamacpp"})
"""Providers that run a GGUF file on this machine."""
IN_PROCESS = EMBEDDED | {"scripted"}
"""Providers that are no server and cost nothing."""

Unit = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class Price(BaseModel):
    """What a model costs, in US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Annotated[float, Field(ge=0)] = 0.0
    output: Annotated[float, Field(ge=0)] = 0.0

    def of(self, reply: Reply) -> float:
        """US dollars of one reply."""
        return (reply.prompt_tokens * self.input + reply.completion_tokens * self.output) / 1e6


class EndpointSettings(BaseModel):
    """One of several servers that have the same model; what it does not say is said by the `llm` around it."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    base_url: str
    api_key: str | None = Field(default=None, repr=False)
    model: str = ""
    """The model's name at this server, where it has another one there."""
    weight: Annotated[float, Field(gt=0)] = 1.0
    """How much of the load it takes, beside the others' weights, while all have room."""
    concurrency: Count | None = None
    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None


class BatchSettings(BaseModel):
    """How requests are collected for a batch interface (OpenAI's batch files): slow, and cheaper."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_requests: Annotated[int, Field(ge=1, le=50_000)] = 5_000
    """Of one batch; about as many rows are under way, each with one request in it."""
    linger_s: Annotated[float, Field(ge=0)] = 5.0
    """A batch that is not full is handed in when nothing new has come for so long."""
    poll_s: Annotated[float, Field(gt=0)] = 30.0
    window: str = "24h"
    """Within which the provider answers."""
    price_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    """What a request costs here, of the model's `price`."""


def _switched(value: object) -> object:
    """`true` for the defaults, `false` for none."""
    return {} if value is True else None if value is False else value


class LLMSettings(BaseModel):
    """Which model, how it is sampled, how hard it may be driven."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())

    provider: str = "openai"
    """`openai` and every server that speaks its protocol (`base_url`), `local` (the embedded model), `llamacpp` (the
    same by another runtime, for GGUF files that the first does not read), `litellm` (every other provider),
    `scripted`."""
    model: str = Field(default="", validation_alias=AliasChoices("model", "model_path"))
    """The model's name at its provider; for `local` and `llamacpp` a profile, a GGUF file, or owner/name of the
    Hub; for `litellm` anthropic/NAME and the like."""
    base_url: str | None = None
    endpoints: tuple[EndpointSettings, ...] = ()
    """Several servers with the same model, in place of `base_url`: the load is spread, one that fails is gone round."""
    api_key: str | None = Field(default=None, repr=False)
    """By default the provider's environment variable (OPENAI_API_KEY, ...). Never written anywhere."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    top_p: Unit | None = None
    top_k: Annotated[int, Field(ge=1)] | None = None
    min_p: Unit | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """Upper bound of every reply; each step asks for less where it knows that less will do."""
    constraint: Literal["auto", "json_schema", "strict", "guided_json", "json_object", "none"] = "auto"
    """How the server is told the schema of a reply. `auto`: `strict` at api.openai.com, else `json_schema`."""
    grammar: Literal["auto", "structural_tag", "lark", "gbnf", "json_schema"] = "auto"
    """How the server is told the grammar of a whole dialogue (`generation.writer: whole`). `auto`: a structural tag at
    `vllm`, elsewhere a JSON Schema, said as `constraint` says."""
    concurrency: Count = 32
    """The most requests at once, for each endpoint; reached by trying how many it takes."""
    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    """Limits a minute are for each endpoint too."""
    price: Price | None = None
    """For the cost of a run and `--max-cost`."""
    batch: Annotated[BatchSettings | None, BeforeValidator(_switched)] = None
    """Ask through the provider's batch interface; `true` takes the defaults."""
    timeout_s: Annotated[float, Field(gt=0)] = 300
    """The most. Once a server's usual times are known, a reply that takes many times as long is asked for again."""
    connect_timeout_s: Annotated[float, Field(gt=0)] = 5
    retries: Annotated[int, Field(ge=0)] = 6
    """How often a request is sent again after an error that a retry can help."""
    hedge: Annotated[float, Field(ge=1)] | None = None
    """Send a request a second time, where there is room, once it takes so many times as long as 95 of 100 do."""

    @model_validator(mode="after")
    def _one_place(self) -> LLMSettings:
        if self.base_url and self.endpoints:
            raise ValueError("names base_url and endpoints; give one of them")
        return self

    @property
    def most_at_once(self) -> int:
        """Requests at once at all endpoints together."""
        if self.batch:
            return self.batch.max_requests
        return sum(endpoint.concurrency or self.concurrency for endpoint in self.endpoints) or self.concurrency

    @property
    def places(self) -> tuple[tuple[LLMSettings, float], ...]:
        """These settings as they stand for each endpoint, and its weight."""
        return tuple((self._at(endpoint), endpoint.weight) for endpoint in self.endpoints) or ((self, 1.0),)

    def _at(self, endpoint: EndpointSettings) -> LLMSettings:
        given = {name: value for name, value in endpoint if value and name != "weight"}
        return self.model_copy(update={**given, "endpoints": ()})

    def over(self, base: LLMSettings) -> LLMSettings:
        """These settings where they are given, those of `base` elsewhere: a section's own `llm` over the shared."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        stale = belongs_to_provider(base.provider, given.get("provider", base.provider))
        stale += ("base_url",) * ("endpoints" in given) + ("endpoints",) * ("base_url" in given)
        empty = {name: LLMSettings.model_fields[name].default for name in stale if name in LLMSettings.model_fields}
        return base.model_copy(update={**empty, **given})


def belongs_to_provider(old: str, new: str) -> tuple[str, ...]:
    """Names of the settings that mean nothing any more once the provider changes from `old` to `new`."""
    if old == new:
        return ()
    places = ("base_url", "endpoints", "api_key")
    if {old, new} <= EMBEDDED:
        return places
    return (*places, "model", "model_path") if IN_PROCESS & {old, new} else places
