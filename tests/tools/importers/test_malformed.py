"""Every importer of documents, on documents that somebody broke: findings, never tracebacks."""

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding
from callwright.tools.catalog import Catalog
from callwright.tools.importers import discovery, funcdex, functions, openapi, postman, records, yaml_tools
from callwright.tools.load import read_source
from callwright.tools.settings import SourceSettings
from callwright.tools.source import parse

CASES = Path(__file__).parents[2] / "cases"
PET = {
    "type": "object",
    "properties": {"id": {"type": "integer", "readOnly": True}, "kin": {"$ref": "#/components/schemas/Pet"}},
    "required": ["id"],
    "allOf": [{"properties": {"kind": {"type": "string", "enum": ["cat", "dog"], "default": "cat"}}}],
}
OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Pets"},
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "put": {
                "operationId": "putPet",
                "summary": "Put a pet",
                "parameters": [{"name": "q", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {"oneOf": [
                    {"$ref": "#/components/schemas/Pet"}, {"type": "array", "items": {}}]}}}}},
            },
        }
    },
    "components": {"schemas": {"Pet": PET}, "securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "k"}}},
}  # fmt: skip
SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Pets"},
    "paths": {
        "/pets": {"post": {
            "operationId": "addPet",
            "consumes": ["application/json"],
            "parameters": [
                {"name": "pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}},
                {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                {"$ref": "#/parameters/limit"},
            ],
            "responses": {"201": {"description": "ok", "schema": {"$ref": "#/definitions/Pet"}}}}},
        "/photos": {"post": {"parameters": [{"name": "photo", "in": "formData", "type": "file", "required": True}],
                             "responses": {"default": {"description": "no"}}}},
    },
    "definitions": {"Pet": {"properties": {"id": {"type": "integer"}, "kin": {"$ref": "#/definitions/Pet"}}}},
    "parameters": {"limit": {"name": "limit", "in": "query", "type": "integer", "default": 5, "x-nullable": True}},
}  # fmt: skip
DISCOVERY = {
    "discoveryVersion": "v1",
    "name": "pets",
    "schemas": {"Pet": {"type": "object", "properties": {"id": {"type": "string"}, "kin": {"$ref": "Pet"}}}},
    "resources": {"pets": {"methods": {"put": {
        "id": "pets.put", "path": "pets/{id}", "httpMethod": "PUT", "request": {"$ref": "Pet"},
        "parameters": {"id": {"type": "string", "location": "path", "required": True}}, "response": {"$ref": "Pet"}}}}},
}  # fmt: skip
POSTMAN = {"info": {"name": "Pets"}, "item": [{"name": "Put pet", "request": {
    "method": "PUT", "url": {"raw": "x/pets/:id", "path": ["pets", ":id"], "query": [{"key": "q", "value": "1"}]},
    "body": {"mode": "raw", "raw": '{"a": 1}'}}, "response": [{"code": 200, "body": '{"b": [1]}'}]}]}  # fmt: skip
FUNCTIONS = [{"type": "function", "function": {"name": "put", "description": "d", "parameters": PET, "returns": PET}}]
ARTICLE = parse((CASES / "github-tools.yaml").read_bytes(), "x")
FUNCDEX = parse((CASES / "gmail_drive_tools.json").read_bytes(), "x")[:1]
RECORDS = [{"name": "put", "parameters": {"type": "object", "properties": {}}, "toolkit": "pets", "mutates": True}]

IMPORTERS: dict[str, tuple[Any, Callable[..., Imported]]] = {
    "openapi": (OPENAPI, openapi.import_document),
    "swagger": (SWAGGER, openapi.import_document),
    "discovery": (DISCOVERY, discovery.import_document),
    "postman": (POSTMAN, postman.import_document),
    "functions": (FUNCTIONS, functions.import_document),
    "yaml": (ARTICLE, yaml_tools.import_document),
    "funcdex": (FUNCDEX, funcdex.import_document),
    "records": (RECORDS, records.import_document),
}
KEYS = """type properties items required enum $ref allOf oneOf nullable in name schema content parameters format default
    additionalProperties discriminator not if example responses requestBody description path url body methods""".split()  # noqa: SIM905
JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**62), 2**62),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["#", "#/", "#/paths", "http://x/y#/z", "../x.json", "x" * 300, "é", "string", "object"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def broken(document: Any, data: st.DataObject) -> Any:
    """The document with a few of its parts replaced by junk, or junk added under a keyword that means something."""
    whole = {"root": copy.deepcopy(document)}
    rng = data.draw(st.randoms(use_true_random=False))
    for _ in range(data.draw(st.integers(1, 4))):
        *way, last = rng.choice(list(places(whole)))
        target: Any = whole
        for key in way:
            target = target[key]
        if isinstance(target, dict) and rng.random() < 0.3:
            last = rng.choice(KEYS)
        target[last] = data.draw(JUNK)
    return whole.get("root")


def check(imported: Imported) -> None:
    """What holds for whatever an importer returns."""
    for tool in Catalog(imported.tools):
        for schema in (tool.parameters, tool.returns):
            jsonschema_rs.validator_for(schema if schema is not None else True)
        assert tool.parameters["type"] == "object"
        orjson.dumps(tool.model_dump())
    assert all("\n" not in finding.message for finding in imported.findings)


@pytest.mark.parametrize("name", IMPORTERS)
@given(data=st.data())
def test_a_broken_document_gives_findings_and_what_is_whole(name: str, data: st.DataObject) -> None:
    document, importer = IMPORTERS[name]
    damaged = broken(document, data)
    if isinstance(damaged, dict) or name not in ("openapi", "swagger", "discovery", "postman"):
        check(importer(damaged, place="broken.json"))


WHOLE = [orjson.dumps(document) for document, _ in IMPORTERS.values()]
"""As files."""


@given(
    raw=st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(str.encode),
        JUNK.map(lambda junk: str(junk).encode()),
        st.builds(lambda raw, end: raw[:end], st.sampled_from(WHOLE), st.integers(0, 300)),
        st.builds(
            lambda raw, at, put: raw[: at % len(raw)] + put + raw[at % len(raw) + len(put) :],
            st.sampled_from(WHOLE),
            st.integers(0, 5000),
            st.binary(min_size=1, max_size=3) | st.sampled_from([b"{", b"]", b'"', b": &a *a", b"\n", b"\xff\xfe"]),
        ),
    )
)
def test_any_file_is_tools_or_one_line(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "any").write_bytes(raw)
    try:
        imported = read_source(SourceSettings(path="any"), folder)
    except SourceError as error:
        imported = Imported((), (Finding(code="x", path="x", message=str(error)),))
    check(imported)


@pytest.mark.parametrize("name", IMPORTERS)
def test_the_whole_document_is_imported_without_an_error(name: str) -> None:
    document, importer = IMPORTERS[name]
    imported = importer(document, place="whole.json")
    assert imported.tools
    assert [finding for finding in imported.findings if finding.severity == "error"] == []
    check(imported)


def test_hundreds_of_documents_that_hold_themselves_end_in_time() -> None:
    rng = random.Random(7)
    for _ in range(300):
        document = copy.deepcopy(OPENAPI)
        *way, last = rng.choice(list(places(document)))
        target: Any = document
        for key in way:
            target = target[key]
        target[last] = copy.deepcopy(rng.choice([OPENAPI, PET, {"$ref": "#"}, {"$ref": "#/components"}, [], None]))
        check(openapi.import_document(document, place="x"))
