"""How a name becomes a part: what ships, what an installed package adds, what a full name leads to."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from callwright.errors import ConfigError
from callwright.plugins import SHIPPED, Event, names, resolve, unwatched


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, table in SHIPPED.items() for name in table])
def test_everything_that_ships_is_there(kind: str, name: str) -> None:
    assert callable(resolve(kind, name))
    assert name in names(kind)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("model", "opnai", "model 'opnai' is not known; did you mean 'openai'?"),
        ("model", "zzz", "model 'zzz' is not known; known: gemini, litellm, llamacpp, local, "),
        ("nothing", "zzz", "nothing 'zzz' is not known; known: "),
        ("model", "", "model '' is not known"),
        ("model", "no.such.module:build", "model 'no.such.module:build' cannot be loaded: No module named 'no'"),
        ("model", "json:no_such_name", "model 'json:no_such_name' cannot be loaded: module 'json' has no attribute"),
        ("model", ":build", "model ':build' cannot be loaded"),
        ("model", "json:", "model 'json:' cannot be loaded"),
        ("model", "callwright.no_such:build", "model 'callwright.no_such:build' cannot be loaded: No module named"),
        ("model", "..x:y", "model '..x:y' cannot be loaded"),
    ],
)
def test_a_name_that_leads_nowhere_is_one_line_with_a_way_out(kind: str, name: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(kind, name)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_full_name_leads_to_any_part() -> None:
    assert resolve("model", "callwright.llm.scripted:build") is resolve("model", "scripted")
    assert resolve("importer", "json:loads")('{"a": 1}') == {"a": 1}


def test_an_installed_package_adds_a_part_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "our_models.py").write_text("def build(settings):\n    return 'ours'\n")
    installed = tmp_path / "our_models-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: our-models\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(
        "[callwright.model]\nours = our_models:build\nbroken = no_such_module:build\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    try:
        assert resolve("model", "ours")(None) == "ours"
        assert {"ours", "openai"} <= set(names("model"))
        with pytest.raises(ConfigError, match="model 'our' is not known; did you mean 'ours'"):
            resolve("model", "our")
        with pytest.raises(ConfigError, match="model 'broken' cannot be loaded: No module named 'no_such_module'"):
            resolve("model", "broken")
    finally:
        sys.modules.pop("our_models", None)


def test_the_watcher_that_looks_away_takes_every_event() -> None:
    unwatched(Event("row", data={"done": 1}))
    assert Event("note").data == {}
