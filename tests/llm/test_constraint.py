"""A constraint in the words of the embedded runtime."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from callwright.errors import BadRequest
from callwright.llm.constraint import grammar
from callwright.records import Constraint


def test_a_schema_and_an_expression_become_grammars() -> None:
    kind, text = grammar(Constraint(body={"enum": ["a", "b"]}))
    assert (kind, text) == ("grammar", 'root ::= ("\\"a\\"" | "\\"b\\"")\n')
    assert grammar(Constraint(kind="regex", body="[0-9]{3}")) == ("grammar", "root ::= ([0-9]){3,3}\n")
    assert grammar(Constraint(kind="gbnf", body='root ::= "x"')) == ("grammar", 'root ::= "x"')


def test_a_structural_tag_gets_our_grammars_in_place_of_its_schemas() -> None:
    tag: dict[str, Any] = {
        "type": "structural_tag",
        "format": {
            "type": "triggered_tags",
            "triggers": ["<call>"],
            "tags": [
                {"begin": "<call>", "content": {"type": "json_schema", "json_schema": {"const": 1}}, "end": "</call>"}
            ],
        },
    }
    kind, text = grammar(Constraint(kind="structural_tag", body=tag))
    assert kind == "structural_tags_config"
    assert orjson.loads(text)["format"]["tags"][0]["content"] == {"type": "grammar", "grammar": 'root ::= "1"\n'}


@pytest.mark.parametrize(
    ("constraint", "why"),
    [
        (Constraint(kind="lark", body='start: "x"'), "reads no lark grammars"),
        (Constraint(kind="regex", body="(?=x)"), "regex cannot be said"),
        (Constraint(body={"type": "integer", "minimum": 2, "maximum": 1}), "no reply can satisfy the schema"),
        (Constraint(body={"type": "strin"}), "no JSON Schema"),
        (Constraint(body="not json"), "cannot be said"),
        (Constraint(body="[1]"), "must be a JSON object"),
    ],
)
def test_what_the_runtime_cannot_be_told_is_refused_before_it_gets_there(constraint: Constraint, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        grammar(constraint)
