import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
import yaml

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Tool
from callwright.tools.importers.openapi import import_document, read
from callwright.tools.importers.operation import Limits
from callwright.tools.source import Source

TEXT = {"type": "string"}


def document(operation: dict[str, Any], *, path: str = "/pets", method: str = "get", **parts: Any) -> dict[str, Any]:
    item = {method: operation} | parts.pop("item", {})
    return {"openapi": "3.0.3", "info": {"title": "Pet Store"}, "paths": {path: item}, **parts}


def imported(operation: dict[str, Any], **parts: Any) -> Imported:
    return import_document(document(operation, **parts), place="pets.json")


def only(operation: dict[str, Any], **parts: Any) -> Tool:
    found = imported(operation, **parts)
    assert [finding for finding in found.findings if finding.severity == "error"] == []
    (tool,) = found.tools
    return tool


def body(schema: Any, media: str = "application/json", **said: Any) -> dict[str, Any]:
    return {"requestBody": {"content": {media: {"schema": schema}}, **said}}


def answer(schema: Any, code: str = "200", media: str = "application/json") -> dict[str, Any]:
    return {"responses": {code: {"description": "The pet", "content": {media: {"schema": schema}}}}}


# --- the tool ---------------------------------------------------------------------------------------------------


def test_an_operation_is_a_tool_with_method_path_and_meaning() -> None:
    said = {"operationId": "listPets", "summary": "List pets", "description": "Returns *all* pets."}
    tool = only(said | answer({"type": "array", "items": TEXT}))
    assert (tool.name, tool.toolkit, tool.method, tool.path) == ("listPets", "pet_store", "GET", "/pets")
    assert (tool.action, tool.mutates) == ("list", False)
    assert tool.description == "List pets. Returns *all* pets."
    assert tool.parameters == {"type": "object", "properties": {}, "additionalProperties": False}
    assert tool.returns == {"type": "array", "items": TEXT}
    assert tool.returns_text == "The pet"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"operationId": "pets/list"}, "pets_list"),
        ({"operationId": "x" * 300}, None),
        ({"operationId": "Haustiere auflösen"}, "Haustiere_auflosen"),
        ({"operationId": "日本語"}, "get_pets_petId_toys"),
        ({"operationId": ""}, "get_pets_petId_toys"),
        ({}, "get_pets_petId_toys"),
        ({"operationId": 7}, "get_pets_petId_toys"),
    ],
)
def test_a_name_is_valid_for_every_provider_and_the_same_at_every_import(
    said: dict[str, Any], name: str | None
) -> None:
    tool = only(said, path="/pets/{petId}/toys")
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)
    assert tool.name == only(said, path="/pets/{petId}/toys").name
    assert name in (None, tool.name)


def test_operations_that_share_an_id_are_told_apart_by_method_and_path() -> None:
    paths = {f"/{name}": {"get": {"operationId": "list"}} for name in "abc"}
    names = [tool.name for tool in import_document({"openapi": "3.0.0", "paths": paths}, place="x").tools]
    assert names[0] == "list"
    assert len(set(names)) == 3
    del paths["/b"]
    assert import_document({"openapi": "3.0.0", "paths": paths}, place="x").tools[1].name == names[2]


def test_what_an_id_could_not_be_kept_for_is_said() -> None:
    ids = ["list", "list", "x" * 300, "日本語", "pets/list"]
    paths = {f"/{number}": {"get": {"operationId": said}} for number, said in enumerate(ids)}
    findings = import_document({"openapi": "3.0.0", "paths": paths}, place="x").findings
    assert [(finding.code, finding.path) for finding in findings] == [
        ("tools.renamed", f"x: GET /{number}") for number in (1, 2, 3)
    ]
    for finding, why in zip(findings, ("stands twice", "is longer than 64", "holds letters"), strict=True):
        assert why in finding.message


# --- parameters ---------------------------------------------------------------------------------------------------


def test_an_operations_own_parameter_replaces_its_paths() -> None:
    shared = [{"name": "limit", "in": "query", "schema": TEXT}, {"name": "id", "in": "path", "schema": TEXT}]
    own = [{"name": "limit", "in": "query", "schema": {"type": "integer"}, "description": "How many", "required": True}]
    schema = only({"parameters": own}, path="/pets/{id}", item={"parameters": shared}).parameters
    assert schema["properties"] == {"id": TEXT, "limit": {"type": "integer", "description": "How many"}}
    assert schema["required"] == ["id", "limit"]


def test_what_belongs_to_the_protocol_is_left_out() -> None:
    parameters = [
        {"name": "X-Trace", "in": "header", "schema": TEXT, "required": True},
        {"name": "session", "in": "cookie", "schema": TEXT},
        {"name": "api_key", "in": "query", "schema": TEXT, "required": True},
        {"name": "token", "in": "query", "schema": TEXT, "required": True},
        {"name": "api-version", "in": "query", "schema": TEXT, "required": True},
        {"name": "Action", "in": "query", "schema": {"type": "string", "enum": ["ListPets"]}, "required": True},
        {"name": "key", "in": "query", "schema": TEXT, "description": "Your API key"},
        {"name": "q", "in": "query", "schema": TEXT},
        {"name": "auth", "in": "query", "schema": TEXT, "description": "Whether it is authorised"},
    ]
    schemes = {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "token"}}}
    assert list(only({"parameters": parameters}, components=schemes).parameters["properties"]) == ["q", "auth"]
    assert list(only({}, path="/keys/{api_key}").parameters["properties"]) == ["api_key"]


def test_a_variable_of_the_path_that_nothing_describes_is_text_and_said() -> None:
    found = imported({}, path="/pets/{petId}")
    assert found.tools[0].parameters["properties"] == {"petId": TEXT}
    assert [finding.code for finding in found.findings] == ["tools.undescribed"]


def test_a_parameter_may_carry_its_schema_as_content_or_example_beside_it() -> None:
    coded = {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
    shown = {"name": "city", "in": "query", "schema": TEXT, "example": "Lisbon"}
    properties = only({"parameters": [coded, shown]}).parameters["properties"]
    assert properties["filter"] == {"type": "object", "additionalProperties": True}
    assert properties["city"] == {"type": "string", "examples": ["Lisbon"]}


# --- bodies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "media",
    ["application/json", "application/vnd.api+json", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_a_bodys_properties_stand_beside_the_parameters(media: str) -> None:
    pet = {"type": "object", "properties": {"name": TEXT, "age": {"type": "integer"}}, "required": ["name"]}
    tool = only(body(pet, media, required=True), path="/shops/{shop}", method="post")
    assert list(tool.parameters["properties"]) == ["shop", "name", "age"]
    assert tool.parameters["required"] == ["shop", "name"]
    assert tool.mutates


def test_json_is_preferred_to_other_forms() -> None:
    said = {"text/xml": {"schema": TEXT}, "application/json": {"schema": {"type": "object", "properties": {"a": TEXT}}}}
    assert list(only({"requestBody": {"content": said}}, method="post").parameters["properties"]) == ["a"]


@pytest.mark.parametrize(
    ("schema", "becomes"),
    [
        ({"type": "array", "items": TEXT}, {"type": "array", "items": TEXT}),
        ({"type": "object", "additionalProperties": TEXT}, {"type": "object", "additionalProperties": TEXT}),
    ],
)
def test_a_body_that_is_no_plain_object_is_one_argument(schema: Any, becomes: Any) -> None:
    tool = only(body(schema, required=True), method="post")
    assert tool.parameters["properties"] == {"body": becomes}
    assert tool.parameters["required"] == ["body"]


def test_a_body_of_alternatives_is_one_argument() -> None:
    cat = {"type": "object", "properties": {"meow": TEXT}}
    dog = {"type": "object", "properties": {"bark": TEXT}}
    schema = only(body({"oneOf": [cat, dog]}), method="post").parameters["properties"]["body"]
    assert [list(one["properties"]) for one in schema["oneOf"]] == [["meow"], ["bark"]]


def test_what_is_read_only_is_not_asked_for_and_what_is_write_only_not_returned() -> None:
    pet = {
        "type": "object",
        "properties": {"id": TEXT | {"readOnly": True}, "name": TEXT, "secret": TEXT | {"writeOnly": True}},
        "required": ["id", "name", "secret"],
    }
    tool = only(body(pet) | answer(pet), method="post")
    assert list(tool.parameters["properties"]) == tool.parameters["required"] == ["name", "secret"]
    assert tool.returns is not None
    assert list(tool.returns["properties"]) == tool.returns["required"] == ["id", "name"]


def test_a_name_in_path_and_body_is_one_argument_unless_the_types_differ() -> None:
    pet = {"type": "object", "properties": {"id": TEXT, "size": {"type": "integer"}}}
    size = [{"name": "size", "in": "query", "schema": TEXT}]
    schema = only({"parameters": size} | body(pet), path="/pets/{id}", method="put").parameters
    assert schema["properties"] == {"id": TEXT, "size": TEXT, "body_size": {"type": "integer"}}


def test_a_body_with_an_example_alone_takes_its_type_from_it() -> None:
    said = {"requestBody": {"content": {"application/json": {"example": {"name": "Tom", "age": 3}}}}}
    properties = only(said, method="post").parameters["properties"]
    assert {name: schema["type"] for name, schema in properties.items()} == {"name": "string", "age": "integer"}


# --- results ------------------------------------------------------------------------------------------------------


def test_only_a_success_gives_the_result() -> None:
    wrong = {"description": "no", "content": {"application/json": {"schema": {"type": "integer"}}}}
    said = {
        "responses": {
            "default": wrong,
            "404": wrong,
            "204": {"description": "Gone"},
            **answer(TEXT, "201")["responses"],
        }
    }
    assert only(said).returns == TEXT
    assert only({"responses": {"default": wrong, "404": wrong}}).returns is None


def test_a_result_without_a_body_is_known_by_its_words_alone() -> None:
    tool = only({"responses": {"204": {"description": "Pet deleted"}}}, method="delete")
    assert (tool.returns, tool.returns_text, tool.action) == (None, "Pet deleted", "delete")


def test_the_2xx_range_counts_as_success() -> None:
    assert only(answer(TEXT, "2XX")).returns == TEXT


# --- references ---------------------------------------------------------------------------------------------------


def test_references_are_followed_everywhere() -> None:
    components = {
        "parameters": {
            "Limit": {"$ref": "#/components/parameters/Real"},
            "Real": {"name": "limit", "in": "query", "schema": {"$ref": "#/components/schemas/Count"}},
        },
        "schemas": {"Count": {"type": "integer"}, "Pet": {"type": "object", "properties": {"name": TEXT}}},
        "requestBodies": {"Pet": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}},
        "responses": {"Pet": answer({"$ref": "#/components/schemas/Pet"})["responses"]["200"]},
    }
    said = {
        "parameters": [{"$ref": "#/components/parameters/Limit"}],
        "requestBody": {"$ref": "#/components/requestBodies/Pet"},
        "responses": {"200": {"$ref": "#/components/responses/Pet"}},
    }
    tool = only(said, method="post", components=components)
    assert tool.parameters["properties"] == {"limit": {"type": "integer"}, "name": TEXT}
    assert tool.returns is not None
    assert tool.returns["properties"] == {"name": TEXT}


def test_pointers_are_decoded() -> None:
    components = {"schemas": {"a/b c~d": {"type": "integer"}}}
    said = {"parameters": [{"name": "x", "in": "query", "schema": {"$ref": "#/components/schemas/a~1b%20c~0d"}}]}
    assert only(said, components=components).parameters["properties"]["x"] == {"type": "integer"}


def test_a_path_item_may_be_a_reference() -> None:
    whole = document({}, components={"pathItems": {"P": {"get": {"operationId": "found"}}}})
    whole["paths"] = {"/a": {"$ref": "#/components/pathItems/P"}}
    assert [tool.name for tool in import_document(whole, place="x").tools] == ["found"]


def pets_folder(tmp_path: Path, ref: str) -> Source:
    (tmp_path / "inner" / "more").mkdir(parents=True)
    pet = {"Pet": {"type": "object", "properties": {"name": {"$ref": "../names.yaml#/Name"}}}}
    (tmp_path / "inner" / "more" / "pet.json").write_bytes(orjson.dumps(pet))
    (tmp_path / "inner" / "names.yaml").write_text("Name: {type: string, maxLength: 9}")
    (tmp_path / "outside.json").write_text('{"Pet": {"type": "object", "properties": {"secret": {"type": "string"}}}}')
    (tmp_path / "inner" / "api.json").write_bytes(orjson.dumps(document(body({"$ref": ref}), method="post")))
    return Source("api.json", base=tmp_path / "inner")


def test_files_beside_the_document_are_followed_from_where_they_stand(tmp_path: Path) -> None:
    (tool,) = read(pets_folder(tmp_path, "more/pet.json#/Pet")).tools
    assert tool.parameters["properties"] == {"name": {"type": "string", "maxLength": 9}}


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("../outside.json#/Pet", "leads out of the document's folder"),
        ("more/../../outside.json#/Pet", "leads out of the document's folder"),
        ("/etc/passwd", "leads out of the document's folder"),
        ("link.json#/Pet", "leads out of the document's folder"),
        ("http://127.0.0.1:1/pet.json", "leads to the network"),
        ("file:///etc/passwd", "leads nowhere|cannot be read|leads out"),
    ],
)
def test_a_reference_to_elsewhere_is_refused_and_names_the_flag(tmp_path: Path, ref: str, said: str) -> None:
    source = pets_folder(tmp_path, ref)
    (tmp_path / "inner" / "link.json").symlink_to(tmp_path / "outside.json")
    found = read(source)
    assert [one for one in found.tools if "secret" in one.parameters["properties"]] == []
    assert re.search(said, str(found.findings[0]))
    if "leads out" in said and "file:" not in ref:
        assert found.tools == ()
        assert "--follow-refs" in str(found.findings[0])


def test_a_reference_to_elsewhere_is_followed_where_the_user_allows_it(tmp_path: Path) -> None:
    source = pets_folder(tmp_path, "../outside.json#/Pet")
    allowed = Source(source.name, base=source.base, follow_refs=True)
    assert list(read(allowed).tools[0].parameters["properties"]) == ["secret"]


def test_a_document_without_a_source_refers_to_nothing_outside() -> None:
    found = imported(body({"$ref": "pet.json#/Pet"}), method="post")
    assert found.tools == ()
    assert "leads out of the document" in str(found.findings[0])


# --- sizes --------------------------------------------------------------------------------------------------------


def heavy(levels: int, width: int) -> dict[str, Any]:
    """Schemas that write out to width**levels properties."""
    words = "x" * 100
    schemas: dict[str, Any] = {f"L{levels}": {"type": "string", "description": words}}
    for level in range(levels):
        ref = {"$ref": f"#/components/schemas/L{level + 1}"}
        properties = {"id": TEXT} | {f"p{n}": ref for n in range(width)}
        schemas[f"L{level}"] = {"type": "object", "properties": properties, "required": ["id"], "description": words}
    return {"schemas": schemas}


def test_a_schema_of_endless_size_is_cut_to_the_limit_with_its_required_parts_kept() -> None:
    said = body({"$ref": "#/components/schemas/L0"}) | answer({"$ref": "#/components/schemas/L0"})
    found = import_document(
        document(said, method="post", components=heavy(12, 8)), place="x", limits=Limits(parameters=9000, returns=5000)
    )
    (tool,) = found.tools
    assert len(orjson.dumps(tool.parameters)) < 10_000
    assert len(orjson.dumps(tool.returns)) < 6_000
    assert tool.parameters["required"] == ["id"]
    assert {finding.code for finding in found.findings} == {"tools.schema_cut"}


def test_words_give_way_before_structure() -> None:
    said = body({"$ref": "#/components/schemas/L0"})
    whole = document(said, method="post", components=heavy(3, 4))
    full, short = (
        import_document(whole, place="x", limits=Limits(parameters=limit)).tools[0].parameters
        for limit in (90_000, 4_200)
    )
    assert "description" in full["properties"]["p0"]["properties"]["p0"]
    assert list(short["properties"]["p0"]["properties"]["p0"]["properties"]) == ["id", "p0", "p1", "p2", "p3"]


def test_a_filter_that_holds_filters_is_imported() -> None:
    schemas = {
        "Filter": {"oneOf": [{"$ref": "#/components/schemas/And"}, {"$ref": "#/components/schemas/Leaf"}]},
        "And": {
            "type": "object",
            "properties": {"and": {"type": "array", "items": {"$ref": "#/components/schemas/Filter"}}},
            "required": ["and"],
        },
        "Leaf": {"type": "object", "properties": {"field": TEXT}, "required": ["field"]},
    }
    said = body({"type": "object", "properties": {"filter": {"$ref": "#/components/schemas/Filter"}}})
    tool = only(said, method="post", components={"schemas": schemas})
    leaf = {"field": "name"}
    assert jsonschema_rs.is_valid(tool.parameters, {"filter": {"and": [leaf, {"and": [leaf]}]}})
    assert not jsonschema_rs.is_valid(tool.parameters, {"filter": {"and": [{"x": 1}]}})


@pytest.mark.parametrize(
    "schemas",
    [
        {"A": {"$ref": "#/components/schemas/A"}},
        {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
        {"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object"}]}},
        {"A": {"anyOf": [{"$ref": "#/components/schemas/A"}]}},
        {"A": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}, "required": ["a"]}},
        {"A": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
        {"A": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/A"}}},
    ],
)
def test_circles_end(schemas: dict[str, Any]) -> None:
    said = body({"$ref": "#/components/schemas/A"}) | answer({"$ref": "#/components/schemas/A"})
    found = imported(said, method="post", components={"schemas": schemas})
    assert len(found.tools) == 1
    assert any(finding.code == "tools.recursive" for finding in found.findings)


# --- Swagger 2.0 --------------------------------------------------------------------------------------------------

SWAGGER = """
swagger: "2.0"
info: {title: Petstore API}
securityDefinitions: {key: {type: apiKey, in: query, name: secret}}
parameters:
  limit: {name: limit, in: query, type: integer, minimum: 1, default: 20, description: How many}
definitions:
  Pet:
    type: object
    required: [name]
    properties:
      id: {type: integer, format: int64, readOnly: true}
      name: {type: string, example: Rex}
      status: {type: string, enum: [available, sold], x-nullable: true}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - $ref: '#/parameters/limit'
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: csv}
        - {name: secret, in: query, type: string}
      responses:
        200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/Pet'}}}
    post:
      operationId: addPet
      parameters:
        - {name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
      responses:
        "201": {description: The new pet, schema: {$ref: '#/definitions/Pet'}}
  /pets/{id}/photo:
    post:
      operationId: uploadPhoto
      consumes: [multipart/form-data]
      parameters:
        - {name: id, in: path, required: true, type: integer}
        - {name: caption, in: formData, type: string, required: true}
        - {name: photo, in: formData, type: file}
      responses: {default: {description: whatever}}
"""


def test_swagger_2_is_read_from_yaml(tmp_path: Path) -> None:
    (tmp_path / "petstore.yaml").write_text(SWAGGER)
    found = read(Source("petstore.yaml", base=tmp_path))
    assert found.findings == ()
    listed, added, photo = found.tools
    assert listed.toolkit == "petstore"
    assert listed.parameters["properties"] == {
        "limit": {"type": "integer", "description": "How many", "default": 20, "minimum": 1},
        "tags": {"type": "array", "items": TEXT},
    }
    assert listed.returns is not None
    pet = listed.returns["items"]
    assert list(pet["properties"]) == ["id", "name", "status"]
    assert pet["properties"]["status"] == {"type": ["string", "null"], "enum": ["available", "sold", None]}
    assert list(added.parameters["properties"]) == ["name", "status"]
    assert added.parameters["required"] == ["name"]
    assert added.returns_text == "The new pet"
    assert photo.parameters["properties"]["photo"] == {"type": "string", "format": "binary"}
    assert photo.parameters["required"] == ["id", "caption"]
    assert photo.returns is None


# --- faults -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[]", "{}", '{"paths": {}}', "just words"])
def test_what_is_no_document_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(SourceError, match=r"x\.json: is no OpenAPI document: it has neither `openapi` nor `swagger`"):
        read(Source("x.json", base=tmp_path))


@pytest.mark.parametrize("paths", [{}, None, [], "x"])
def test_a_document_without_operations_says_so(paths: Any) -> None:
    found = import_document({"openapi": "3.0.0", "paths": paths}, place="x.json")
    assert found.tools == ()
    assert str(found.findings[0]) == "x.json: has no operations under `paths`. [tools.empty]"


def test_a_broken_operation_is_left_out_with_its_document_and_path() -> None:
    paths = {"/a": {"get": None}, "/b": 3, "/c": {"get": {}}, "x-note": {}, "": {"get": {}}}
    found = import_document({"openapi": "3.0.0", "paths": paths}, place="x.json")
    assert [tool.path for tool in found.tools] == ["/c", ""]
    assert [finding.path for finding in found.findings] == ["x.json: GET /a", "x.json: /b"]
    assert {finding.severity for finding in found.findings} == {"error"}


def test_yaml_and_json_of_a_document_give_the_same_tools(tmp_path: Path) -> None:
    whole = document({"operationId": "list"} | answer({"type": "object", "properties": {"on": TEXT, "2": TEXT}}))
    (tmp_path / "a.json").write_bytes(orjson.dumps(whole))
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))
    one, other = (read(Source(name, base=tmp_path)).tools for name in ("a.json", "a.yaml"))
    assert one == other
