import contextlib
import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.plain_yaml import is_text, load

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=6), inner, max_size=4),
    max_leaves=20,
)


class Quoting(yaml.SafeDumper):
    """Quotes every text, so that what is read back depends on the reader alone."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other) and type(one) is type(other)


@given(VALUES)
def test_every_json_value_comes_back(value: Any) -> None:
    assert same(load(yaml.dump(value, Dumper=Quoting, sort_keys=False, allow_unicode=True)), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200: ok", {"200": "ok"}),
        ("a: no", {"a": "no"}),
        ("a: 2024-01-31", {"a": "2024-01-31"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 012", {"a": "012"}),
        ("a: 0x1F", {"a": 31}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: .inf", {"a": ".inf"}),
        ("a: ~", {"a": None}),
        ("a: '1'", {"a": "1"}),
        ("a: !!python/object/apply:os.system [ls]", {"a": ["ls"]}),
        ("base: &b {x: 1, y: 2}\na: {<<: *b, y: 3}", {"base": {"x": 1, "y": 2}, "a": {"y": 3, "x": 1}}),
        ("- &n [1]\n- *n", [[1], [1]]),
        ("", None),
    ],
)
def test_scalars_mean_what_json_authors_mean(text: str, value: Any) -> None:
    assert load(text) == value


def test_an_alias_bomb_is_stopped() -> None:
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(yaml.YAMLError, match="aliases write out to more than"):
        load("\n".join(levels))


def test_an_alias_inside_what_it_names_is_stopped() -> None:
    with pytest.raises(yaml.YAMLError, match="stands inside the value that it names"):
        load("a: &a [*a]")


def test_an_alias_of_nothing_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="names nothing"):
        load("a: *b")


@pytest.mark.parametrize("opening", ["[", "- ", "? ", "{a: "])
def test_nesting_without_end_is_stopped(opening: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load(opening * 50_000)


@given(st.text(alphabet="0123456789.eE+-xabtruefalsn~_", max_size=8))
def test_what_is_called_text_is_read_as_text(scalar: str) -> None:
    if scalar and is_text(scalar) and yaml.safe_load(f"a: '{scalar}'")["a"] == scalar:
        try:
            read = load(f"a: {scalar}")
        except yaml.YAMLError:
            return
        if isinstance(read, dict) and not isinstance(read["a"], list | dict):
            assert read["a"] == scalar


@given(st.text(alphabet="ab:-[]{},&*#'\"|>?!%@ \n\t1.<~", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(yaml.YAMLError):
        load(text)
