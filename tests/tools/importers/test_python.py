import enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from callwright.errors import SourceError
from callwright.records import Tool
from callwright.tools.importers.python import import_functions, read
from callwright.tools.source import Source


class Priority(enum.Enum):
    LOW = "low"
    HIGH = "high"


class Address(BaseModel):
    street: str
    number: int = 1


class Person(BaseModel):
    name: str
    friends: list["Person"] = []


def send_mail(
    ctx: Any,
    to: Annotated[list[str], Field(description="Who gets it", min_length=1)],
    subject: str,
    priority: Priority = Priority.LOW,
    kind: Literal["plain", "html"] = "plain",
    cc: str | None = None,
    *,
    address: Address | None = None,
    **options: Any,
) -> dict[str, int]:
    """Send a mail.

    Args:
        to: never shown, the annotation speaks
        subject: The subject line

    Returns:
        How many got it
    """
    raise NotImplementedError


def untyped(count, names=("a",)):  # type: ignore[no-untyped-def]
    """Count.

    Args:
        count (int): How many
        names (list[str]): Which
    """


def befriend(person: Person) -> None:
    """Make two people friends."""


def takes_a_socket(what: "Gone") -> None:  # type: ignore[name-defined]  # noqa: F821
    """Its type is nowhere."""


def tool(function: Any) -> Tool:
    imported = import_functions([function], toolkit="kit")
    assert [finding for finding in imported.findings if finding.severity == "error"] == []
    return imported.tools[0]


def test_signature_hints_and_docstring_become_a_tool() -> None:
    one = tool(send_mail)
    assert (one.name, one.description, one.action, one.mutates) == ("send_mail", "Send a mail.", "create", True)
    assert one.parameters["required"] == ["to", "subject"]
    properties = one.parameters["properties"]
    assert list(properties) == ["to", "subject", "priority", "kind", "cc", "address"]
    assert properties["to"] == {
        "type": "array",
        "description": "Who gets it",
        "items": {"type": "string"},
        "minItems": 1,
    }
    assert properties["subject"] == {"type": "string", "description": "The subject line"}
    assert properties["kind"] == {"type": "string", "enum": ["plain", "html"], "default": "plain"}
    assert properties["priority"]["enum"] == ["low", "high"]
    assert properties["priority"]["default"] == "low"
    assert {"type": "null"} in properties["cc"]["anyOf"]
    assert one.returns == {"type": "object", "additionalProperties": {"type": "integer"}}
    assert one.returns_text == "How many got it"


def test_without_hints_the_docstrings_types_count() -> None:
    properties = tool(untyped).parameters["properties"]
    assert properties["count"] == {"type": "integer", "description": "How many"}
    assert properties["names"] == {
        "type": "array",
        "description": "Which",
        "items": {"type": "string"},
        "default": ["a"],
    }


def test_a_model_that_holds_itself_is_written_out() -> None:
    person = tool(befriend).parameters["properties"]["person"]
    assert person["properties"]["friends"]["items"]["properties"]["name"] == {"type": "string"}
    assert "$ref" not in str(person)


def test_a_type_without_a_schema_is_said_with_its_place() -> None:
    imported = import_functions([takes_a_socket], place="mail.py")
    assert imported.tools == ()
    assert imported.findings[0].path == "mail.py: takes_a_socket.what"


MODULE = '''
import os
from os.path import join

def get_order(order_id: str) -> dict:
    """Look an order up."""

def _hidden(): ...

class Thing:
    def method(self): ...
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop_tools.py").write_text(MODULE)
    (tmp_path / "broken_tools.py").write_text("raise RuntimeError('no database')")
    return tmp_path


@pytest.mark.parametrize("name", ["shop_tools.py", "shop_tools", "shop_tools:get_order", "shop_tools.py:get_order"])
def test_a_module_gives_its_own_public_functions(folder: Path, name: str) -> None:
    imported = read(Source(name, base=folder))
    assert [(one.name, one.toolkit) for one in imported.tools] == [("get_order", "shop_tools")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere_at_all", r"nowhere_at_all: cannot be imported: ModuleNotFoundError"),
        ("gone.py", r"gone\.py: cannot be imported: FileNotFoundError"),
        ("broken_tools", r"broken_tools: cannot be imported: RuntimeError: no database"),
        ("shop_tools:nothing", r"shop_tools:nothing: shop_tools has no function 'nothing'"),
    ],
)
def test_a_module_that_cannot_be_imported_is_one_line(folder: Path, name: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(Source(name, base=folder))
