from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from tests.rows import FIND, SEND, call, mail_row, user

from callwright.compat.deepfabric.evaluation import (
    Evaluator,
    EvaluatorConfig,
    InferenceConfig,
    Metrics,
    metrics,
    without_nulls,
)
from callwright.datasets.lines import from_object, to_object
from callwright.errors import ConfigError, DatasetError, MissingExtra, Unauthorized, UnknownModel
from callwright.evaluation.points import Point
from callwright.evaluation.predict import Prediction
from callwright.records import Row, ToolCall

MAIL = call("c0", "mail_send", to="ann@acme.example", body="Hello")


def numbers(*called: ToolCall, expected: tuple[ToolCall, ...] = (MAIL,)) -> Metrics:
    return metrics([Prediction(Point(0, 1, (user("Go"),), (SEND, FIND), expected), called)])


def triple(made: Metrics) -> tuple[float, float, float]:
    return made.tool_selection_accuracy, made.parameter_accuracy, made.execution_success_rate


def test_values_are_never_compared_only_what_is_required_and_top_level_types() -> None:
    assert triple(numbers(call("x", "mail_send", to="bob", body=""))) == (1, 1, 1)
    assert triple(numbers(call("x", "mail_send", to="bob", body="", extra=5))) == (1, 1, 1)
    assert triple(numbers(call("x", "mail_send", to="bob"))) == (1, 0, 0)
    assert triple(numbers(call("x", "mail_send", to="bob", body=5))) == (1, 0, 0)
    assert triple(numbers(call("x", "mail_send", to="bob", body="", copies=True))) == (1, 0, 0)
    assert triple(numbers(call("x", "mail_post", to="bob", body=""))) == (0, 1, 0)
    assert triple(numbers()) == (0, 0, 0)


def test_only_the_first_call_counts() -> None:
    assert triple(numbers(MAIL, call("y", "drive_find"))) == (1, 1, 1)
    assert triple(numbers(call("y", "drive_find"), MAIL)) == (0, 0, 0)


def test_the_overall_score_weighs_selection_parameters_and_execution() -> None:
    assert numbers(MAIL).overall_score == pytest.approx(1)
    assert numbers(call("x", "mail_send")).overall_score == pytest.approx(0.40)
    assert numbers(call("x", "other", to="a", body="b")).overall_score == pytest.approx(0.35)


def test_a_row_without_a_call_is_left_out_and_nothing_is_no_error() -> None:
    assert numbers(expected=()).samples_evaluated == 0
    assert numbers(expected=()).overall_score == 0


def evaluator(backend: str, **more: Any) -> Evaluator:
    return Evaluator(EvaluatorConfig(inference_config=InferenceConfig(model_path="noise", backend=backend, **more)))


def test_an_endpoint_is_evaluated_on_rows_as_the_dataset_holds_them(endpoint: str) -> None:
    rows = [to_object(mail_row(number)) for number in range(5)]
    results = evaluator("openai", base_url=endpoint).evaluate(dataset=rows)
    assert results.metrics.samples_evaluated == 5
    assert results.metrics.processing_errors == 0
    assert 0 <= results.metrics.tool_selection_accuracy <= 1
    assert results.metrics.overall_score <= 1
    assert len(results.predictions) == 20
    assert results.scores.abstained.hits == 0  # it calls whenever tools are offered


def test_it_can_be_asked_twice(endpoint: str) -> None:
    model = evaluator("openai", base_url=endpoint)
    rows = [to_object(mail_row())]
    assert model.evaluate(rows).metrics == model.evaluate(rows).metrics


def test_a_scripted_model_that_does_what_the_row_does_is_perfect(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("Nothing to call.\n")
    row = mail_row()
    spoken = row.model_copy(update={"messages": (user("Hi"), row.messages[-1])})
    config = InferenceConfig(model_path=str(script), backend="scripted")
    results = Evaluator(EvaluatorConfig(inference_config=config)).evaluate([to_object(spoken)])
    assert (results.scores.abstained.hits, results.scores.abstained.of) == (1, 1)


def test_a_file_is_read_where_no_dataset_is_given(endpoint: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(to_object(mail_row(n))) + "\n" for n in range(3)))
    inference = InferenceConfig(model_path="noise", backend="openai", base_url=endpoint)
    config = EvaluatorConfig(inference_config=inference, dataset_path=str(path), max_samples=2)
    assert Evaluator(config).evaluate().metrics.samples_evaluated == 2


def test_bad_rows_and_no_rows_are_told_with_their_place(endpoint: str) -> None:
    model = evaluator("openai", base_url=endpoint)
    with pytest.raises(DatasetError, match=r"dataset, row 2: \$\.messages: is missing"):
        model.evaluate([to_object(mail_row()), {"text": "x"}])
    with pytest.raises(ConfigError, match="there is no dataset"):
        model.evaluate()


def test_a_wrong_key_ends_it(endpoint: str) -> None:
    with pytest.raises(Unauthorized):
        evaluator("openai", base_url=endpoint, api_key="wrong").evaluate([to_object(mail_row())])


def test_an_unknown_backend_and_an_adapter_for_an_endpoint_are_refused() -> None:
    with pytest.raises(ConfigError, match="model 'opnai' is not known; did you mean 'openai'"):
        evaluator("opnai")
    with pytest.raises(ConfigError, match="the backend 'openai' loads none"):
        evaluator("openai", adapter_path="lora")


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is here")
def test_without_torch_the_transformers_backend_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'callwright\[train\]'"):
        evaluator("transformers")


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
def test_an_adapter_that_is_no_folder_is_refused() -> None:
    with pytest.raises(UnknownModel, match="is no folder"):
        evaluator("transformers", adapter_path="/nowhere")


def test_nulls_that_arrow_fills_in_change_nothing() -> None:
    row = mail_row()
    line = json.loads(json.dumps(to_object(row)))
    for tool in line["tools"]:
        properties = tool["function"]["parameters"]["properties"]
        for name in ("to", "body", "copies", "name"):
            properties.setdefault(name, None)
            if properties[name] is not None:
                properties[name] = {"type": None, "default": None, **properties[name]}
    for message in line["messages"]:
        message.setdefault("tool_calls", None)
        message.setdefault("tool_call_id", None)
    read: Row = from_object(without_nulls(line))
    assert read == row
