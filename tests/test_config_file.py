from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callwright.config_file import MAX_BYTES, Document, read, scalar
from callwright.errors import ConfigError

NAMES = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "c.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def document(tmp_path: Path, text: str, **environment: str) -> Document:
    return read(written(tmp_path, text), environment)


def refusal(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text), {})
    return str(caught.value).replace(f"{tmp_path}/", "")


@given(st.dictionaries(NAMES, PLAIN, max_size=5))
def test_every_plain_document_is_read_as_pyyaml_reads_it(value: dict[str, object]) -> None:
    text = yaml.safe_dump(value, allow_unicode=True).replace("${", "$${")
    assert scalar(text) == yaml.safe_load(yaml.safe_dump(value)) or not value


def test_every_key_and_item_knows_its_line(tmp_path: Path) -> None:
    found = document(tmp_path, "a: 1\nb:\n  c:\n  - x\n  - d: 2\n")
    lines = {keys: place.rpartition(":")[2] for keys, place in found.places.items()}
    assert lines == {(): "1", ("a",): "1", ("b",): "2", ("b", "c"): "3", ("b", "c", 0): "4", ("b", "c", 1): "5",
                     ("b", "c", 1, "d"): "5"}  # fmt: skip


def test_what_is_not_there_stands_where_it_belongs(tmp_path: Path) -> None:
    assert document(tmp_path, "a: 1\nb:\n  c: 2\n").place(("b", "d", "e")).endswith("c.yaml:2")


def test_variables_are_filled_in_and_typed_after_that(tmp_path: Path) -> None:
    text = 'plain: ${N:5}\nquoted: "${N:5}"\nurl: ${URL:http://x:8/v1}\npart: a-${N}-b\nkept: $${N}\nempty: ${E:}\n'
    assert document(tmp_path, text, N="7").value == {
        "plain": 7, "quoted": "7", "url": "http://x:8/v1", "part": "a-7-b", "kept": "${N}", "empty": None,
    }  # fmt: skip


def test_a_variable_cannot_bring_in_structure(tmp_path: Path) -> None:
    assert document(tmp_path, "a: ${V}\n", V="{b: [1, 2]}\nc: 3").value == {"a": "{b: [1, 2]}\nc: 3"}


def test_a_variable_that_is_not_set_is_a_problem_with_its_line(tmp_path: Path) -> None:
    (problem,) = document(tmp_path, "a: 1\nb: ${NOPE}\n").problems
    assert problem.path.endswith("c.yaml:2")
    assert "b: the environment variable NOPE is not set" in problem.message


def test_a_key_given_twice_is_a_problem_that_names_both_lines(tmp_path: Path) -> None:
    (problem,) = document(tmp_path, "a: 1\nb: 2\na: 3\n").problems
    assert (problem.path[-2:], problem.message) == (":3", "a: is given twice (first in line 1); remove one.")


def test_merged_mappings_give_way_to_what_is_given(tmp_path: Path) -> None:
    found = document(tmp_path, "base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n")
    assert (found.value["own"], found.problems) == ({"x": 1, "y": 3}, ())


def test_a_date_and_a_key_named_on_stay_texts(tmp_path: Path) -> None:
    assert document(tmp_path, "on: 2026-01-05\n").value == {"on": "2026-01-05"}


def test_an_empty_file_is_an_empty_document(tmp_path: Path) -> None:
    assert document(tmp_path, "# nothing\n").value == {}


def test_a_tag_that_builds_objects_is_refused(tmp_path: Path) -> None:
    text = "a: !!python/object/apply:os.system ['true']\nb: !!python/name:os.system x\nc: !!set {x: null}\n"
    problems = document(tmp_path, text).problems
    assert [problem.path[-2:] for problem in problems if "is not allowed here" in problem.message] == [":1", ":2", ":3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\n", "c.yaml:2: is not valid YAML"),
        ("- a\n", "c.yaml: must be a mapping"),
        (b"a: \xff\n", "c.yaml: is not UTF-8 (byte 3)"),
        ("a: \x00\n", "c.yaml: is not valid YAML"),
        ("a: " + "[" * 60 + "]" * 60, "c.yaml:1: is not valid YAML: is nested deeper than 40 levels"),
        ("a: &a [*a]\n", "holds itself"),
        ("a: &a\n  <<: *a\n", "holds itself"),
        ("#" * (MAX_BYTES + 1), "is larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_in_one_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    message = refusal(tmp_path, text)
    assert said in message
    assert "\n" not in message


def test_an_alias_bomb_stops_early(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "unfolds to more than 50,000 values" in refusal(tmp_path, "\n".join(lines))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.yaml: no such file; `callwright init"):
        read(tmp_path / "no.yaml")
    with pytest.raises(ConfigError, match="is a directory"):
        read(tmp_path)
