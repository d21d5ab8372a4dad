"""Settings of a model, as `llm:` in the configuration and in every section that carries its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

Unit = Annotated[float, Field(ge=0, le=1)]


class LLMSettings(BaseModel):
    """Which model, how it is sampled, how hard it may be driven."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())

    provider: str = "openai"
    """`openai` and every server that speaks its protocol (`base_url`), `local` (the embedded model), `scripted`."""
    model: str = Field(default="", validation_alias=AliasChoices("model", "model_path"))
    """The model's name at its provider; for `local` a profile, a GGUF file, or owner/name of the Hub."""
    base_url: str | None = None
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
    concurrency: Annotated[int, Field(ge=1)] = 32
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None
    timeout_s: Annotated[float, Field(gt=0)] = 300
    connect_timeout_s: Annotated[float, Field(gt=0)] = 5
    retries: Annotated[int, Field(ge=0)] = 6
    """How often a request is sent again after an error that a retry can help."""

    def over(self, base: LLMSettings) -> LLMSettings:
        """These settings where they are given, those of `base` elsewhere: a section's own `llm` over the shared."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        stale = belongs_to_provider(base.provider, given.get("provider", base.provider))
        empty = {name: LLMSettings.model_fields[name].default for name in stale if name in LLMSettings.model_fields}
        return base.model_copy(update={**empty, **given})


def belongs_to_provider(old: str, new: str) -> tuple[str, ...]:
    """Names of the settings that mean nothing any more once the provider changes from `old` to `new`."""
    if old == new:
        return ()
    here = {"local", "scripted"}
    return ("base_url", "api_key", "model", "model_path") if here & {old, new} else ("base_url", "api_key")
