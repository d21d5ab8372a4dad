from pathlib import Path
from typing import Any

import orjson
import pytest

from callwright.errors import SourceError
from callwright.tools.importers.postman import import_document, read
from callwright.tools.source import Source


def collection(*items: Any) -> dict[str, Any]:
    return {"info": {"name": "Shop API"}, "item": list(items)}


ORDER = {
    "name": "Create order",
    "request": {
        "method": "POST",
        "description": {"content": "Places an order."},
        "url": {
            "raw": "{{base}}/shops/:shop/orders?dry=true&page=2",
            "path": ["shops", ":shop", "orders"],
            "variable": [{"key": "shop", "description": "Id of the shop"}],
            "query": [{"key": "dry", "value": "true"}, {"key": "page", "value": "2", "description": "Which page"}],
        },
        "body": {"mode": "raw", "raw": '{"sku": "A1", "count": {{n}}, "who": "{{me}}"}'},
    },
    "response": [{"code": 404, "body": "{}"}, {"code": 201, "name": "Created", "body": '{"id": 7}'}],
}


def test_a_request_is_a_tool_with_types_told_from_its_values() -> None:
    imported = import_document(collection({"name": "Orders", "item": [ORDER]}), place="x")
    assert imported.findings == ()
    (tool,) = imported.tools
    assert (tool.name, tool.toolkit, tool.method, tool.path) == (
        "Create_order",
        "shop_api",
        "POST",
        "/shops/{shop}/orders",
    )
    assert tool.description == "Create order. Places an order."
    types = {name: schema["type"] for name, schema in tool.parameters["properties"].items()}
    assert types == {
        "shop": "string",
        "dry": "boolean",
        "page": "integer",
        "sku": "string",
        "count": "integer",
        "who": "string",
    }
    assert tool.parameters["required"] == ["shop"]
    assert tool.parameters["properties"]["shop"] == {"type": "string", "description": "Id of the shop"}
    assert "examples" not in tool.parameters["properties"]["who"]
    assert tool.returns is not None
    assert tool.returns["properties"] == {"id": {"type": "integer", "examples": [7]}}


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}]}, ["a"]),
        ({"mode": "formdata", "formdata": [{"key": "f", "type": "file"}, {"key": "b", "value": "x"}]}, ["f", "b"]),
        ({"mode": "graphql", "graphql": {"query": "{x}"}}, ["query", "variables"]),
        ({"mode": "raw", "raw": "plain words"}, ["body"]),
        ({"mode": "file"}, ["body"]),
        ({"mode": "raw", "raw": ""}, []),
        (None, []),
    ],
)
def test_every_kind_of_body_is_read(body: Any, names: list[str]) -> None:
    request = {"method": "POST", "url": "https://example.org/x", "body": body}
    (tool,) = import_document(collection({"name": "x", "request": request}), place="x").tools
    assert list(tool.parameters["properties"]) == names
    assert tool.path == "/x"


def test_a_url_alone_is_a_request() -> None:
    (tool,) = import_document(collection({"name": "Get", "request": "{{base}}/users/{{id}}?x=1"}), place="x").tools
    assert (tool.method, tool.path, tool.parameters["required"]) == ("GET", "/users/{id}", ["id"])


def test_requests_without_a_url_are_said() -> None:
    imported = import_document(collection({"name": "n", "request": {}}, 3, {"name": "m", "request": None}), place="x")
    assert imported.tools == ()
    assert [str(finding).split(":")[1].strip() for finding in imported.findings] == ["n", "m"]


def test_folders_without_end_are_walked_to_a_limit() -> None:
    item: dict[str, Any] = {"name": "deep", "request": "/x"}
    for _ in range(100):
        item = {"item": [item]}
    assert import_document(collection(item), place="x").tools == ()


def test_what_is_no_collection_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(orjson.dumps({"collection": {"item": 3}}))
    with pytest.raises(SourceError, match=r"x\.json: is no Postman collection"):
        read(Source("x.json", base=tmp_path))
