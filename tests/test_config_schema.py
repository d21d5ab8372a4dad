from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from callwright.config_schema import config_schema

ROOT = Path(__file__).parent.parent
COPY = ROOT / "docs" / "config.schema.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return config_schema()


def test_the_committed_copy_is_current(schema: dict[str, Any]) -> None:
    assert json.loads(COPY.read_text(encoding="utf-8")) == schema, "run `make schema`"


def test_the_page_of_keys_is_made_from_it() -> None:
    written = subprocess.run(
        [sys.executable, "scripts/config_page.py"], cwd=ROOT, input=COPY.read_bytes(), capture_output=True, check=True
    ).stdout
    assert (ROOT / "docs" / "configuration.md").read_bytes() == written, "run `make schema`"
    assert b"| `num_samples` |" in written


def test_the_article_s_configuration_is_valid_in_an_editor_too(cases: Path, schema: dict[str, Any]) -> None:
    article = yaml.safe_load((cases / "deepfabric-article.yaml").read_text())
    assert not [*jsonschema_rs.validator_for(schema).iter_errors(article)]


@pytest.mark.parametrize(
    "document",
    [
        {"topics": {"dept": 3}},
        {"topics": {"depth": 0}},
        {"output": {"num_samples": 0}},
        {"output": {"num_samples": "many"}},
        {"generation": {"conversation": {"type": "cott"}}},
    ],
)
def test_an_editor_marks_what_a_run_would_refuse(schema: dict[str, Any], document: dict[str, Any]) -> None:
    assert not jsonschema_rs.validator_for(schema).is_valid(document)


@pytest.mark.parametrize(
    "document",
    [
        {"llm": {"model_path": "x"}},
        {"topics": {"depth": "${DEPTH:3}", "mode": "${MODE}"}},
        {"output": {"num_samples": "50%"}},
        {"generation": {"tools": {"sources": ["a.yaml", {"path": "b"}]}}},
    ],
)
def test_an_editor_accepts_what_a_run_would(schema: dict[str, Any], document: dict[str, Any]) -> None:
    assert not [*jsonschema_rs.validator_for(schema).iter_errors(document)]


def test_settings_carry_the_docstrings_beside_them(schema: dict[str, Any]) -> None:
    depth = schema["$defs"]["TopicSettings"]["properties"]["depth"]
    assert depth["description"].startswith("Levels below the root")
