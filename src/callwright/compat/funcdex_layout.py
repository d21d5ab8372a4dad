"""The sections and keys of Funcdex-Synthesizer's configuration, strict as our own. What they mean: `funcdex.py`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from callwright.datasets.settings import FuncdexOutputs

Count = Annotated[int, Field(ge=1)]
Unit = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Api(Section):
    base_url: str = "http://localhost:8000/v1/"
    model: str
    api_key: str | None = None


class Data(Section):
    tool_definitions: str
    wanted_toolkits: str | None = None


class Paths(Section):
    data: Data
    output: FuncdexOutputs = FuncdexOutputs()


class Diversity(Section):
    similarity_threshold: Unit = 0.95
    max_scenario_retries: Count = 20
    num_seed_scenarios: Count = 50


class Correction(Section):
    max_attempts: Count = 5
    max_retries: Annotated[int, Field(ge=0)] = 100
    retry_delay: Annotated[float, Field(ge=0)] = 2


class Clarity(Section):
    weight: Annotated[float, Field(ge=0)]
    description: str = ""


class Sampling(Section):
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_k: Count | None = None
    top_p: Unit | None = None
    min_p: Unit | None = None
    max_tokens: Count | None = None
    timeout: Annotated[float, Field(gt=0)] | None = None
    """Seconds."""


class Samplings(Section):
    scenario: Sampling = Sampling()
    conversation: Sampling = Sampling()
    correction: Sampling = Sampling()
    tool_selection: Sampling = Sampling()


class Generation(Section):
    include_assistant_thoughts: bool = False
    total_conversations: Count
    workflow_description: str = ""
    diversity: Diversity = Diversity()
    correction: Correction = Correction()
    min_user_messages: Count = 2
    clarity_levels: dict[str, Clarity] = {}
    llm_settings: Samplings = Samplings()
    max_tools_in_context: Count = 3


class Jobs(Section):
    n_jobs: Count = 32


class Semaphore(Section):
    semaphore_limit: Count = 32


class Processing(Section):
    conversation_generation: Jobs = Jobs()
    scoring: Jobs = Jobs()
    system_prompt_generation: Semaphore = Semaphore()
    random_seed: Annotated[int, Field(ge=0)] = 42
    max_tools_per_conversation: Count = 20
    test_conversations_per_toolkit: Annotated[int, Field(ge=0)] = 20


class Scoring(Section):
    min_tool_use_quality: Annotated[int, Field(ge=1, le=5)] = 4
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    timeout: Annotated[float, Field(gt=0)] = 1000
    reasoning_effort: str = "medium"


class Embedding(Section):
    model_name: str = ""
    device: str = "cpu"


class FuncdexConfig(Section):
    """The sections and keys of Funcdex-Synthesizer's configuration."""

    llm_api: Api
    paths: Paths
    generation: Generation
    processing: Processing = Processing()
    scoring: Scoring = Scoring()
    embedding: Embedding = Embedding()
