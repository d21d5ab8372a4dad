"""The configuration: composes the settings of the parts, and loads them from a file.

The YAML of the DeepFabric article is valid as it stands. A file in another layout is recognised by its sections and
translated by the part that `plugins` names for it. What a section means is said beside the class that it sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callwright.budget import BudgetSettings
from callwright.config_file import Document, InvalidConfig, Keys, read
from callwright.config_problems import explained, nearest, problem
from callwright.datasets.settings import FuncdexOutputs, HubSettings, OutputSettings
from callwright.llm.settings import EMBEDDED, IN_PROCESS, LLMSettings
from callwright.overrides import Override, overridden
from callwright.plugins import names, resolve
from callwright.quality.settings import QualitySettings
from callwright.synthesis.settings import GenerationSettings
from callwright.topics.settings import TopicSettings

LAYOUTS = {"funcdex": frozenset({"llm_api", "paths", "processing", "scoring", "embedding"})}
"""Layout -> sections that only its files have."""


class RunSettings(BudgetSettings):
    """Where the run keeps what it has done, and what it may spend."""

    dir: str | None = None
    """The run directory; by default `NAME.run/` beside the output `NAME.jsonl`."""
    cache: str | None = None
    """A file of replies that runs share: a request that any of them was answered is not sent again."""
    executor: Literal["here", "processes", "ray"] = "here"
    """Where rows are made: in this process, in processes of this machine, or on a Ray cluster (extra `ray`)."""
    shards: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Parts into which `processes` and `ray` split the rows; by default one for each worker."""
    ray_address: str | None = None
    """The Ray cluster: `auto`, `ray://host:10001`; by default one is begun on this machine."""


class Config(BaseModel):
    """Everything that a run is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    """Row i is a pure function of the configuration, the seed and i."""
    llm: LLMSettings = LLMSettings()
    """The model that every section uses which names none of its own."""
    topics: TopicSettings = TopicSettings()
    generation: GenerationSettings = GenerationSettings()
    output: OutputSettings = OutputSettings()
    huggingface: HubSettings | None = None
    """Where the dataset belongs on the Hub; generating it sends nothing."""
    quality: QualitySettings = QualitySettings()
    run: RunSettings = RunSettings()
    funcdex: FuncdexOutputs | None = None
    """Writes Funcdex-Synthesizer's five files too; set by a file in its layout."""

    @classmethod
    def load(cls, path: Path | str, overrides: Iterable[Override | str] = ()) -> Config:
        """The configuration in the file `path`. Raises `ConfigError`; `InvalidConfig` carries every problem."""
        return load(Path(path), overrides)[0]

    @classmethod
    def of(cls, document: Document) -> Config:
        """The configuration that `document` says. Raises `InvalidConfig`."""
        value = {key: section for key, section in document.value.items() if section is not None}
        try:
            config = cls.model_validate(value)
        except ValidationError as error:
            raise InvalidConfig(explained(error, document, cls), document) from None
        findings = [problem(document, keys, said) for keys, said in config._disagreements()]
        if findings or document.problems:
            raise InvalidConfig(findings, document)
        return config

    @property
    def run_dir(self) -> Path:
        """Where the run keeps what it has done: `run.dir`, or `NAME.run` beside the output."""
        return Path(self.run.dir) if self.run.dir else Path(self.output.save_as).with_suffix(".run")

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that a run leaves behind, the dataset first."""
        others = self.funcdex.model_dump().values() if self.funcdex else ()
        return tuple(Path(name) for name in (self.output.save_as, *others))

    def models(self) -> dict[str, LLMSettings]:
        """The model of each section that asks one: its own settings over the shared ones."""
        own = {"topics": self.topics.llm, "generation": self.generation.llm}
        if self.quality.judge:
            own["quality.judge"] = self.quality.judge.llm
        models = {section: llm.over(self.llm) if llm else self.llm for section, llm in own.items()}
        steps = self.generation.steps.items()
        return models | {f"generation.steps.{name}": llm.over(models["generation"]) for name, llm in steps}

    def at(self, base: Path) -> Config:
        """The same with what other files say of execution; paths start from `base`. Raises `ConfigError`."""
        return self.model_copy(update={"generation": self.generation.at(base)})

    def _disagreements(self) -> Iterator[tuple[Keys, str]]:
        """What no single setting can know to be wrong."""
        if not self.topics.prompt.strip() and not self.topics.load:
            yield (
                ("topics", "prompt"),
                "is empty; say what the dataset is about, or name a file of topics in `topics.load`.",
            )
        if not Path(self.output.save_as).name:
            yield ("output", "save_as"), f"{self.output.save_as!r} names no file."
        conversation = self.generation.conversation
        if conversation.min_turns > conversation.max_turns:
            wrong = f"is {conversation.min_turns}, more than max_turns ({conversation.max_turns})."
            yield ("generation", "conversation", "min_turns"), wrong
        execution = self.generation.execution
        if execution not in names("executor") and ":" not in execution:
            yield ("generation", "execution"), f"{execution!r} is not known; {nearest(execution, names('executor'))}"
        for section, llm in self.models().items():
            place = self._place_of(section)
            if llm.provider not in names("model") and ":" not in llm.provider:
                yield (*place, "provider"), f"{llm.provider!r} is not known; {nearest(llm.provider, names('model'))}"
            elif not llm.model and llm.provider not in EMBEDDED:
                yield (*place, "model"), f"is empty; name the model at {llm.provider!r} (or --model)."
            if self.run.max_cost and llm.price is None and llm.provider not in IN_PROCESS:
                yield (*place, "price"), "is not given, so max_cost means nothing; add {input: 2.5, output: 10}."

    def _place_of(self, section: str) -> Keys:
        """Where the model of a section is said."""
        keys = tuple(section.split("."))
        if keys[:2] == ("generation", "steps"):
            return keys
        here: object = self
        for key in keys:
            here = getattr(here, key)
        return ("llm",) if getattr(here, "llm", None) is None else (*keys, "llm")


def load(path: Path, overrides: Iterable[Override | str] = ()) -> tuple[Config, Document]:
    """The configuration, and the document that says where each setting stands. Raises `ConfigError`."""
    document = read(path)
    for layout, sections in LAYOUTS.items():
        if sections & set(document.value) and not {"llm", "topics", "output"} & set(document.value):
            document = resolve("layout", layout)(document, path.parent)
    given = [override if isinstance(override, Override) else Override.parse(override) for override in overrides]
    document = overridden(document, given, Config)
    return Config.of(document), document
