"""One tree of errors: each with its exit code, whether a retry helps, and advice."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest

from callwright import errors
from callwright.errors import CallwrightError, MissingExtra, ModelError, RateLimited, Rejected, Shortfall, UserError
from callwright.records import Finding

Kind = type[CallwrightError]


def subclasses(of: Kind) -> Iterator[Kind]:
    for child in of.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from subclasses(child)


TREE: list[Kind] = [CallwrightError, *subclasses(CallwrightError)]


def drawn() -> dict[str, str | None]:
    """Class -> its parent, as the module's docstring draws the tree."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([│├└─ ]*)([A-Z]\w+)", line)
        if found and hasattr(errors, found[2]):
            depth = len(found[1]) // 4
            above = [*above[:depth], found[2]]
            parents[found[2]] = above[depth - 1] if depth else None
    return parents


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    assert drawn() == {kind.__name__: None if kind is CallwrightError else kind.__bases__[0].__name__ for kind in TREE}


def test_every_error_says_in_the_docstring_whether_a_retry_helps_as_it_does() -> None:
    lines = {
        found[1]: line for line in (errors.__doc__ or "").splitlines() if (found := re.search(r"([A-Z]\w+) ", line))
    }
    for kind in TREE:
        if issubclass(kind, ModelError):
            assert kind.retryable == ("retryable" in lines[kind.__name__]), kind


def test_mistakes_end_with_2_and_a_shortfall_with_3() -> None:
    assert {kind.exit_code for kind in TREE if not issubclass(kind, Shortfall)} == {2}
    assert Shortfall.exit_code == 3
    assert not any(kind.retryable for kind in TREE if issubclass(kind, UserError | Shortfall))


def test_every_error_of_a_model_advises() -> None:
    for kind in TREE:
        if issubclass(kind, ModelError) and kind is not ModelError:
            assert re.search(r"`llm\.|log|doctor", kind("x").hint), kind


@pytest.mark.parametrize("kind", [kind for kind in TREE if kind not in (MissingExtra, Rejected)])
def test_an_error_prints_its_message_and_then_its_advice(kind: Kind) -> None:
    assert str(kind("a.yaml: is broken.")) == f"a.yaml: is broken. {kind.hint}".strip()
    if "hint" in inspect.signature(kind).parameters:
        assert str(kind("a.yaml: is broken.", hint="Mend it.")) == "a.yaml: is broken. Mend it."


def test_advice_for_one_error_is_not_given_with_another() -> None:
    CallwrightError("x", hint="Mend it.")
    assert str(CallwrightError("x")) == "x"


def test_a_missing_extra_names_the_command_that_installs_it() -> None:
    assert str(MissingExtra("Reading MCP servers", "mcp")) == (
        "Reading MCP servers needs the extra `mcp`. pip install 'callwright[mcp]'"
    )


def test_a_rejection_carries_its_findings_and_prints_them_with_their_places() -> None:
    findings = [Finding(code="a.b", path="$.x", message="is wrong"), Finding(code="c.d", path="$", message="too")]
    rejected = Rejected(iter(findings))
    assert rejected.findings == tuple(findings)
    assert str(rejected) == "$.x: is wrong [a.b]; $: too [c.d]"


def test_a_rate_limit_says_how_long_to_wait_where_the_server_did() -> None:
    assert RateLimited("x").retry_after_s is None
    assert RateLimited("x", retry_after_s=2.5).retry_after_s == 2.5
