"""DeepFabric's `Evaluator`, with its own formulas, and Callwright's rates beside them.

DeepFabric looks at the first decision of a row that has calls and at the first call made there: selection = its name;
parameters = what is required is there and top-level types fit, values are never compared; execution = both. Overall
is .40 selection + .35 parameters + .25 execution. Rows without a call are left out. `results.scores` says the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callwright.compat.deepfabric.blocking import finished
from callwright.datasets.io import read_rows
from callwright.datasets.lines import from_object
from callwright.errors import ConfigError, DatasetError, Rejected
from callwright.evaluation.metrics import Scores, scored
from callwright.evaluation.points import Point, points
from callwright.evaluation.predict import Prediction, predict
from callwright.evaluation.transformers_model import TransformersModel
from callwright.llm.build import build_model
from callwright.llm.settings import LLMSettings
from callwright.plugins import Model
from callwright.records import Row, Schema, ToolCall

WEIGHTS = (0.40, 0.35, 0.25)
"""Of selection, parameters and execution."""


class InferenceConfig(BaseModel):
    """Which model answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model_path: str
    """A folder or a name of the Hub; for other backends the model's name at its provider."""
    adapter_path: str | None = None
    backend: str = "transformers"
    """`transformers`, or any provider of `llm.provider`: openai, ollama, vllm, local, scripted, ..."""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=1)] = 1024
    device: str = ""
    base_url: str | None = None
    api_key: str | None = Field(default=None, repr=False)


class EvaluatorConfig(BaseModel):
    """What is evaluated."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    inference_config: InferenceConfig
    dataset_path: str | None = None
    """A file of rows, where `evaluate` is given none."""
    max_samples: Annotated[int, Field(ge=1)] | None = None


@dataclass(frozen=True)
class Metrics:
    """DeepFabric's numbers, from 0 to 1."""

    tool_selection_accuracy: float
    parameter_accuracy: float
    execution_success_rate: float
    overall_score: float
    samples_evaluated: int
    """Rows with a call."""
    processing_errors: int
    """Of those, rows without an answer."""


@dataclass(frozen=True)
class EvaluationResult:
    metrics: Metrics
    scores: Scores
    """Callwright's rates, over every decision of every row."""
    predictions: list[Prediction]


class Evaluator:
    """Holds a model against a dataset."""

    def __init__(self, config: EvaluatorConfig) -> None:
        """Raises `MissingExtra`, `ConfigError`, `UnknownModel`."""
        self._config = config
        _model(config.inference_config)

    def evaluate(self, dataset: Iterable[Mapping[str, Any]] | None = None) -> EvaluationResult:
        """Ask the model at every decision of `dataset` (rows as mappings; a `datasets.Dataset` is such a thing).

        Raises `DatasetError`, `ConfigError`; `ModelError` for what fails at every row.
        """
        rows = list(self._rows(dataset))[: self._config.max_samples]
        asked = [point for number, row in enumerate(rows) for point in points(number, row)]
        made = finished(self._predicted(asked))
        return EvaluationResult(metrics(made), scored(made), made)

    async def _predicted(self, asked: list[Point]) -> list[Prediction]:
        """The model is loaded or connected for one evaluation and let go of after it."""
        wanted = self._config.inference_config
        model = _model(wanted)
        try:
            return await predict(asked, model, max_tokens=wanted.max_tokens)
        finally:
            await model.close()

    def _rows(self, dataset: Iterable[Mapping[str, Any]] | None) -> Iterator[Row]:
        if dataset is None:
            yield from _read(self._config.dataset_path)
            return
        for number, row in enumerate(dataset, 1):
            try:
                yield from_object(without_nulls(row))
            except Rejected as rejected:
                raise DatasetError(f"dataset, row {number}: {rejected}.") from rejected


def metrics(predictions: Iterable[Prediction]) -> Metrics:
    """DeepFabric's numbers over the first decision of each row that has calls."""
    first: dict[int, Prediction] = {}
    for prediction in predictions:
        if prediction.point.expected:
            first.setdefault(prediction.point.row, prediction)
    count = len(first)
    selected = {row: _selected(made) for row, made in first.items()}
    fitting = {row: _fits(made) for row, made in first.items()}
    hits = (sum(selected.values()), sum(fitting.values()), sum(selected[row] and fitting[row] for row in first))
    selection, parameters, execution = (hit / count if count else 0.0 for hit in hits)
    return Metrics(
        tool_selection_accuracy=selection,
        parameter_accuracy=parameters,
        execution_success_rate=execution,
        overall_score=WEIGHTS[0] * selection + WEIGHTS[1] * parameters + WEIGHTS[2] * execution,
        samples_evaluated=count,
        processing_errors=sum(bool(made.error) for made in first.values()),
    )


def without_nulls(value: Any) -> Any:
    """`value` without the nulls that Arrow fills unlike structs with."""
    if isinstance(value, Mapping):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list | tuple) else value


def _selected(prediction: Prediction) -> bool:
    return bool(prediction.calls) and prediction.calls[0].name == prediction.point.expected[0].name


def _fits(prediction: Prediction) -> bool:
    made: ToolCall | None = prediction.calls[0] if prediction.calls else None
    schema = _schema(prediction.point)
    arguments = made.arguments if made else {}
    parts = schema.get("properties", {})
    typed = all(_is_of(value, parts[name]) for name, value in arguments.items() if name in parts)
    return made is not None and typed and set(schema.get("required", ())) <= arguments.keys()


def _schema(point: Point) -> Schema:
    return point.parameters(point.expected[0].name)


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip


def _is_of(value: Any, schema: Any) -> bool:
    """Whether a value has the type that its schema names; anything where it names none."""
    named = schema.get("type") if isinstance(schema, dict) else None
    types = [named] if isinstance(named, str) else named if isinstance(named, list) else list(_TYPES)
    if isinstance(value, bool):
        return "boolean" in types
    return any(isinstance(value, _TYPES.get(name, ())) for name in types)


def _read(path: str | None) -> Iterator[Row]:
    if path is None:
        raise ConfigError("evaluate: there is no dataset; pass one, or set `dataset_path`.")
    for line, row in read_rows(Path(path)):
        if not isinstance(row, Row):
            raise DatasetError(f"{path}:{line}: {row[0]}.")
        yield row


def _model(wanted: InferenceConfig) -> Model:
    if wanted.backend == "transformers":
        return TransformersModel(
            wanted.model_path, wanted.adapter_path, temperature=wanted.temperature, device=wanted.device
        )
    if wanted.adapter_path:
        raise ConfigError(f"adapter_path: the backend {wanted.backend!r} loads none; take 'transformers'.")
    given = wanted.model_dump(include={"temperature", "base_url", "api_key"}, exclude_none=True)
    try:
        settings = LLMSettings(provider=wanted.backend, model=wanted.model_path, **given)
    except ValidationError as error:
        raise ConfigError(f"inference_config: {error.errors()[0]['msg']}.") from error
    return build_model(settings)
