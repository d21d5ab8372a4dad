"""One operation of an HTTP API -> one tool: arguments from parameters and body, result from the 2xx schema alone.

Left out are headers, cookies, keys and what else belongs to the protocol and not to the request's meaning: code that
sends the request fills these in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from callwright.records import Finding, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.naming import Names
from callwright.tools.schema.clean import defect
from callwright.tools.schema.expand import Direction, Expansion, Note
from callwright.tools.schema.fit import fitted
from callwright.tools.schema.infer import schema_of
from callwright.tools.schema.prose import sentences
from callwright.tools.schema.refs import Dangling, Library
from callwright.tools.source import fault

LONGEST_DESCRIPTION = 1000
_AUTH = re.compile(
    r"(?i)(x[-_])?(api[-_]?key|access[-_]?token|auth[-_]?token|oauth[-_]?token|api-version|authorization)"
)
_GOOGLE = frozenset(
    (
        "$.xgafv",
        "alt",
        "callback",
        "fields",
        "key",
        "prettyPrint",
        "quotaUser",
        "upload_protocol",
        "uploadType",
        "userIp",
    )
)
"""Parameters that every Google API takes; told by `quotaUser`, which no other has."""
_TEMPLATE = re.compile(r"\{([^{}/]+)\}")
_TRIVIAL = frozenset(
    ("", "ok", "success", "successful operation", "default response", "successful response", "created")
)


class Limits(NamedTuple):
    """Most bytes of a tool's schemas, written as JSON."""

    parameters: int = 32_000
    returns: int = 16_000


LIMITS = Limits()


class Operation(NamedTuple):
    """An operation as it stands in a document."""

    method: str
    """Upper case."""
    path: str
    said: dict[str, Any]
    shared: tuple[Any, ...] = ()
    """Parameters of the path item."""
    home: str = ""
    """The document that the path item stands in; empty for the root."""


class _Found(NamedTuple):
    """A parameter with its reference followed."""

    name: str
    place: str
    said: dict[str, Any]
    home: str


class Reading:
    """Reads the operations of one document."""

    def __init__(self, document: dict[str, Any], library: Library, place: str, limits: Limits = LIMITS) -> None:
        self._library = library
        self._place = place
        self._limits = limits
        self._request = Expansion(library, "request")
        self._response = Expansion(library, "response")
        self._keys = frozenset(_key_names(document))

    def tool(self, operation: Operation, names: Names, toolkit: str) -> tuple[Tool | None, list[Finding]]:
        """(the tool, what there is to say about it); None where it cannot be used."""
        at = f"{self._place}: {operation.method} {operation.path}"
        parameters, findings = _Arguments(self, operation, at).schema()
        problem = defect(parameters)
        if problem:
            return None, [*findings, fault(f"{at}: parameters", problem, "tools.schema")]
        if any(finding.severity == "error" for finding in findings):
            return None, findings
        returns, returns_text, found = self._result(operation, at)
        findings += found
        said_id = operation.said.get("operationId")
        wanted = said_id if isinstance(said_id, str) and said_id.strip() else _path_name(operation)
        action, mutates = meaning(wanted, operation.method, operation.path)
        tool = Tool(
            name=names.give(wanted, f"{operation.method} {operation.path}"),
            description=_description(operation.said),
            parameters=parameters,
            returns=returns,
            returns_text=returns_text,
            toolkit=toolkit,
            action=action,
            mutates=mutates,
            method=operation.method,
            path=operation.path,
        )
        return tool, findings

    # --- parameters -------------------------------------------------------------------------------------------------

    def found(self, operation: Operation) -> tuple[list[_Found], list[str]]:
        """(the operation's parameters, those of its path included unless it has its own; references that fail)."""
        chosen: dict[tuple[str, str], _Found] = {}
        failures = []
        own = operation.said.get("parameters")
        for said in (*operation.shared, *(own if isinstance(own, list) else ())):
            try:
                node, home = self.followed(said, operation.home)
            except Dangling as error:
                failures.append(str(error))
                continue
            if isinstance(node, dict) and isinstance(node.get("name"), str) and node["name"]:
                found = _Found(node["name"], str(node.get("in")), node, home)
                chosen[(found.name, found.place)] = found
        return list(chosen.values()), failures

    def followed(self, node: Any, home: str) -> tuple[Any, str]:
        """A node of the document, its `$ref` followed. Raises `Dangling`."""
        for _ in range(10):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node, home
            target = self._library.find(node["$ref"], home)
            node, home = target.node, target.home
        raise Dangling("a $ref leads in a circle.")

    def is_protocol(self, found: _Found, google: bool) -> bool:
        """Whether a parameter belongs to the protocol: a key, a version, or a constant."""
        if _AUTH.fullmatch(found.name) or (found.place == "query" and found.name in self._keys):
            return True
        if google and found.name in _GOOGLE and found.place == "query":
            return True
        schema = found.said.get("schema", found.said)
        values = schema.get("enum") if isinstance(schema, dict) else None
        return found.said.get("required") is True and isinstance(values, list) and len(values) == 1

    def schema_of(self, found: _Found) -> tuple[Schema, tuple[Note, ...]]:
        """The schema of a parameter, with its description."""
        said = found.said.get("schema")
        home = found.home
        if said is None and isinstance(found.said.get("content"), dict):
            chosen = _chosen(found.said["content"])
            said = chosen[1].get("schema") if chosen else None
        if said is None:
            said = {key: value for key, value in found.said.items() if key not in ("required", "in", "name", "content")}
        beside = {key: found.said[key] for key in ("description", "example", "examples") if found.said.get(key)}
        node = {"allOf": [said], **beside} if beside and isinstance(said, dict) and said is not found.said else said
        return self.expanded(node, home, "request", self._limits.parameters // 4)

    def expanded(self, node: Any, home: str, direction: Direction, limit: int) -> tuple[Schema, tuple[Note, ...]]:
        return fitted(self._request if direction == "request" else self._response, node, limit, home)

    def size(self, schema: Schema) -> int:
        return self._request.size(schema)

    @property
    def limits(self) -> Limits:
        return self._limits

    # --- results ----------------------------------------------------------------------------------------------------

    def _result(self, operation: Operation, at: str) -> tuple[Schema | None, str, list[Finding]]:
        """(schema, words, findings) of the operation's success."""
        try:
            response, home = self._success(operation)
        except Dangling as error:
            return None, "", [Note("tools.ref", str(error)).at(f"{at}: returns")]
        if response is None:
            return None, "", []
        text = _prose(response.get("description"))
        text = "" if text.lower().rstrip(".! ") in _TRIVIAL else text
        node = _result_node(response)
        if node is None:
            return None, text, []
        schema, notes = self.expanded(node, home, "response", self._limits.returns)
        findings = [note.at(f"{at}: returns") for note in notes if note.severity == "warning"]
        problem = defect(schema) if schema else None
        if problem:
            findings.append(Note("tools.returns", problem).at(f"{at}: returns"))
        return (schema if schema and not problem else None), text, findings

    def _success(self, operation: Operation) -> tuple[dict[str, Any] | None, str]:
        """The response with the lowest 2xx code that has a body, else the lowest 2xx; None where there is none."""
        said = operation.said.get("responses")
        success = [code for code in said if str(code)[:1] == "2"] if isinstance(said, dict) else []
        first: tuple[dict[str, Any] | None, str] = (None, "")
        for code in sorted(success, key=str):
            response, home = self.followed(operation.said["responses"][code], operation.home)
            if isinstance(response, dict):
                if _result_node(response) is not None:
                    return response, home
                first = first if first[0] is not None else (response, home)
        return first


class _Arguments:
    """Puts together the arguments of one operation."""

    def __init__(self, reading: Reading, operation: Operation, at: str) -> None:
        self._reading = reading
        self._operation = operation
        self._at = at
        self._properties: dict[str, Any] = {}
        self._required: list[str] = []
        self._findings: list[Finding] = []
        self._further: Any = False

    def schema(self) -> tuple[Schema, list[Finding]]:
        """The schema of the arguments object, and what there is to say about it."""
        found, failures = self._reading.found(self._operation)
        for failure in failures:
            self._findings.append(Note("tools.ref", failure).at(f"{self._at}: parameters"))
        self._take_parameters(found)
        self._take_path(found)
        self._take_body(found)
        schema: Schema = {"type": "object", "properties": self._properties}
        if self._required:
            schema["required"] = self._required
        return schema | {"additionalProperties": self._further}, self._findings

    def _take_parameters(self, found: list[_Found]) -> None:
        google = any(one.name == "quotaUser" for one in found)
        for one in sorted(found, key=lambda one: one.place != "path"):
            if one.place in ("path", "query") and not self._reading.is_protocol(one, google):
                schema, notes = self._reading.schema_of(one)
                required = one.place == "path" or one.said.get("required") is True
                self._add(one.name, schema, required, one.place)
                self._note(notes, one.name)

    def _take_path(self, found: list[_Found]) -> None:
        """Variables of the path template that no parameter describes."""
        known = {one.name for one in found}
        for name in _TEMPLATE.findall(self._operation.path):
            if name not in known:
                self._add(name, {"type": "string"}, True, "path")
                self._note((Note("tools.undescribed", "stands in the path and is not described."),), name)

    def _take_body(self, found: list[_Found]) -> None:
        for node, home, required in self._bodies(found):
            room = self._reading.limits.parameters - self._reading.size(self._properties)
            schema, notes = self._reading.expanded(node, home, "request", max(room, 2000))
            self._note(notes, "body")
            if schema.get("type") == "object" and schema.get("properties") and not _has_forms(schema):
                self._flatten(schema)
            elif schema or required:
                self._add("body", schema or {"type": "object", "additionalProperties": True}, required, "body")

    def _flatten(self, schema: Schema) -> None:
        """A body's properties stand beside the parameters, as a person would name them in one breath."""
        required = schema.get("required", ())
        for name, part in schema["properties"].items():
            self._add(name, part, name in required, "body")
        self._further = schema.get("additionalProperties", False)

    def _bodies(self, found: list[_Found]) -> Iterator[tuple[Any, str, bool]]:
        """(schema node, the document it stands in, whether it is required) of OpenAPI's body, or Swagger's."""
        said = self._operation.said.get("requestBody")
        if said is not None:
            try:
                body, home = self._reading.followed(said, self._operation.home)
            except Dangling as error:
                self._findings.append(Note("tools.ref", str(error)).at(f"{self._at}: body"))
                return
            chosen = _chosen(body.get("content")) if isinstance(body, dict) else None
            if chosen:
                yield _body_node(*chosen), home, body.get("required") is True
        for one in found:
            if one.place == "body" and isinstance(one.said.get("schema"), dict):
                yield one.said["schema"], one.home, one.said.get("required") is True
        form = [one for one in found if one.place == "formData"]
        if form:
            fields = {one.name: {k: v for k, v in one.said.items() if k not in ("required", "in")} for one in form}
            required = [one.name for one in form if one.said.get("required") is True]
            yield {"type": "object", "properties": fields, "required": required}, form[0].home, bool(required)

    def _add(self, name: str, schema: Schema, required: bool, place: str) -> None:
        """A name that stands already in the path or query names the same thing; of another type, it gets a prefix."""
        if name in self._properties:
            if self._properties[name].get("type") == schema.get("type") or f"{place}_{name}" in self._properties:
                return
            name = f"{place}_{name}"
        self._properties[name] = schema
        if required:
            self._required.append(name)

    def _note(self, notes: tuple[Note, ...], name: str) -> None:
        self._findings += [note.at(f"{self._at}: parameters.{name}") for note in notes]


def _key_names(document: dict[str, Any]) -> Iterator[str]:
    """Names of the parameters that carry keys, as the security schemes say."""
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else document.get("securityDefinitions")
    for scheme in schemes.values() if isinstance(schemes, dict) else ():
        if isinstance(scheme, dict) and isinstance(scheme.get("name"), str):
            yield scheme["name"]


def _path_name(operation: Operation) -> str:
    """`GET /pets/{petId}` -> `get_pets_petId`."""
    words = re.findall(r"[^\W_]+", operation.path.replace("-", "_"))
    return "_".join([operation.method.lower(), *words])


def _prose(said: Any) -> str:
    return sentences(said.strip(), LONGEST_DESCRIPTION) if isinstance(said, str) else ""


def _description(said: dict[str, Any]) -> str:
    """Summary and description as plain sentences."""
    summary, text = (_prose(said.get(key)) for key in ("summary", "description"))
    if not summary or text.lower().startswith(summary.lower().rstrip(".")):
        return text or summary
    joined = f"{summary.rstrip('.')}. {text}" if text else summary
    return sentences(joined, LONGEST_DESCRIPTION)


_RANKS = ("json", "x-www-form-urlencoded", "multipart/", "*/*", "xml", "text/plain")


def _chosen(content: Any) -> tuple[str, dict[str, Any]] | None:
    """(media type, what is said of it) of the form that a model writes best: JSON, else a form, else whatever."""
    if not isinstance(content, dict):
        return None
    known = [(media, said) for media, said in content.items() if isinstance(said, dict)]
    return min(known, key=lambda one: _rank(one[0])) if known else None


def _rank(media: str) -> tuple[int, bool]:
    media = media.lower()
    number = next((number for number, part in enumerate(_RANKS) if part in media), len(_RANKS))
    return number, not media.startswith("application/json")


def _body_node(media: str, said: dict[str, Any]) -> Any:
    """The schema node of a body; told from its example where it has none."""
    if isinstance(said.get("schema"), dict) and said["schema"]:
        return said["schema"]
    if "example" in said:
        return schema_of(said["example"])
    if _rank(media)[0] <= _RANKS.index("xml"):
        return {}
    return {"type": "string"} if media.startswith("text/") else {"type": "string", "format": "binary"}


def _result_node(response: dict[str, Any]) -> Any:
    """The schema node of a response's body; None where it has none."""
    if isinstance(response.get("schema"), dict):
        return response["schema"]
    chosen = _chosen(response.get("content"))
    if chosen is None:
        return None
    node = _body_node(*chosen)
    return node or None


def _has_forms(schema: Schema) -> bool:
    return any(key in schema for key in ("anyOf", "oneOf", "allOf", "not", "if", "patternProperties"))
