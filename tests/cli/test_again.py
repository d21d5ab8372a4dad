from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.cli.again import again, without_secrets


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("llm.api_key=sk-1", "llm.api_key=..."),
        ("generation.llm.api_key=sk 1\nx", "generation.llm.api_key=..."),
        ("-ollm.api_key=sk-1", "-ollm.api_key=..."),
        ("--option=llm.api_key=sk-1", "--option=llm.api_key=..."),
        ("https://me:pw@host/v1", "https://...@host/v1"),
        ("--base-url=https://me:pw@host/v1", "--base-url=https://...@host/v1"),
        ("llm.endpoints=[{api_key=sk-1}]", "llm.endpoints=[{api_key=..."),
        ("llm.endpoints=[{api_key: sk-1}]", "llm.endpoints=[{api_key: ..."),
        ("generation.mcp.env={GITHUB_TOKEN: ghp_1}", "generation.mcp.env=..."),
        ("tools={headers: {Authorization: Bearer abc}}", "tools={headers: ..."),
        ("--max-tokens=500", "--max-tokens=500"),
        ("run.max_tokens=500", "run.max_tokens=500"),
        ("mail@host.example", "mail@host.example"),
    ],
)
def test_keys_and_passwords_are_dots(typed: str, shown: str) -> None:
    assert without_secrets(typed) == shown


@given(st.text("abc/=_-. ", max_size=20))
def test_what_holds_no_secret_is_shown_as_it_was_typed(typed: str) -> None:
    assert without_secrets(typed) == typed


def test_the_command_can_be_typed_again() -> None:
    assert again(["generate", "my file.yaml", "-o", "llm.api_key=sk-1"]) == (
        "callwright generate 'my file.yaml' -o llm.api_key=..."
    )
