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
from callwright.tools.importers.arguments import Arguments, Found, Operation
from callwright.tools.importers.media import chosen, result_node
from callwright.tools.naming import Names, is_readable, why_renamed
from callwright.tools.schema.clean import defect, is_known
from callwright.tools.schema.expand import Direction, Expansion
from callwright.tools.schema.fit import fitted
from callwright.tools.schema.prose import sentences
from callwright.tools.schema.reach import Note
from callwright.tools.schema.refs import Dangling, Library
from callwright.tools.source import fault, note

LONGEST_DESCRIPTION = 1000
_AUTH = re.compile(
    r"(?i)(x[-_])?(api[-_]?key|access[-_]?token|auth[-_]?token|oauth[-_]?token|api-version|authorization)"
)
_AUTH_WORDS = re.compile(r"(?i)\bauthenticat|\bapi[ -](key|token)|\baccess token|\bauth token")
_GOOGLE_WORDS = "$.xgafv alt callback fields key prettyPrint quotaUser upload_protocol uploadType userIp"
_GOOGLE = frozenset(_GOOGLE_WORDS.split())
"""Parameters that every Google API takes; told by `quotaUser`, which no other has."""
_TRIVIAL = frozenset(
    ("", "ok", "success", "successful operation", "default response", "successful response", "created")
)


class Limits(NamedTuple):
    """Most bytes of a tool's schemas, written as JSON."""

    parameters: int = 32_000
    returns: int = 16_000


LIMITS = Limits()


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
        parameters, findings = Arguments(self, operation, at).schema()
        problem = defect(parameters)
        if problem:
            return None, [*findings, fault(f"{at}: parameters", problem, "tools.schema")]
        if any(finding.severity == "error" for finding in findings):
            return None, findings
        returns, returns_text, found = self._result(operation, at)
        findings += found
        name, found = _named(operation, names, at)
        findings += found
        wanted = _wanted(operation)
        action, mutates = meaning(wanted, operation.method, operation.path)
        tool = Tool(
            name=name,
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

    def found(self, operation: Operation) -> tuple[list[Found], list[str]]:
        """(the operation's parameters, those of its path included unless it has its own; references that fail)."""
        chosen: dict[tuple[str, str], Found] = {}
        failures = []
        own = operation.said.get("parameters")
        for said in (*operation.shared, *(own if isinstance(own, list) else ())):
            try:
                node, home = self.followed(said, operation.home)
            except Dangling as error:
                failures.append(str(error))
                continue
            if isinstance(node, dict) and isinstance(node.get("name"), str) and node["name"]:
                found = Found(node["name"], str(node.get("in")), node, home)
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

    def is_protocol(self, found: Found, google: bool) -> bool:
        """Whether a parameter belongs to the protocol: a key, a version, or a constant."""
        if found.place == "query" and (found.name in self._keys or _is_key(found)):
            return True
        if google and found.name in _GOOGLE and found.place == "query":
            return True
        schema = found.said.get("schema", found.said)
        values = schema.get("enum") if isinstance(schema, dict) else None
        return found.said.get("required") is True and isinstance(values, list) and len(values) == 1

    def schema_of(self, found: Found) -> tuple[Schema, tuple[Note, ...]]:
        """The schema of a parameter, with its description."""
        said = found.said.get("schema")
        home = found.home
        if said is None and isinstance(found.said.get("content"), dict):
            best = chosen(found.said["content"])
            said = best[1].get("schema") if best else None
        if said is None:
            said = {key: value for key, value in found.said.items() if key not in ("required", "in", "name", "content")}
        beside = {key: found.said[key] for key in ("description", "example", "examples") if found.said.get(key)}
        node = {"allOf": [said], **beside} if beside and isinstance(said, dict) and said is not found.said else said
        return self.expanded(node, home, "request", self._limits.parameters // 4)

    def expanded(self, node: Any, home: str, direction: Direction, limit: int) -> tuple[Schema, tuple[Note, ...]]:
        return fitted(self._request if direction == "request" else self._response, node, limit, home)

    def body(self, node: Any, home: str, taken: Schema) -> tuple[Schema, tuple[Note, ...]]:
        """The schema of a body in the room that the arguments already `taken` leave."""
        room = self._limits.parameters - self._request.size(taken)
        return self.expanded(node, home, "request", max(room, 2000))

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
        node = result_node(response)
        if node is None:
            return None, text, []
        schema, notes = self.expanded(node, home, "response", self._limits.returns)
        findings = [note._replace(severity="warning").at(f"{at}: returns") for note in notes]
        problem = defect(schema) if schema else None
        if problem:
            findings.append(Note("tools.returns", problem).at(f"{at}: returns"))
        return (schema if is_known(schema) and not problem else None), text, findings

    def _success(self, operation: Operation) -> tuple[dict[str, Any] | None, str]:
        """The response with the lowest 2xx code that has a body, else the lowest 2xx; None where there is none."""
        said = operation.said.get("responses")
        success = [code for code in said if str(code)[:1] == "2"] if isinstance(said, dict) else []
        first: tuple[dict[str, Any] | None, str] = (None, "")
        for code in sorted(success, key=str):
            response, home = self.followed(operation.said["responses"][code], operation.home)
            if isinstance(response, dict):
                if result_node(response) is not None:
                    return response, home
                first = first if first[0] is not None else (response, home)
        return first


def _is_key(found: Found) -> bool:
    """Whether a parameter carries a key, as its name says, or its description where the name does not."""
    said = str(found.said.get("description") or "")
    return bool(_AUTH.fullmatch(found.name) or (found.name in ("token", "key", "auth") and _AUTH_WORDS.search(said)))


def _key_names(document: dict[str, Any]) -> Iterator[str]:
    """Names of the parameters that carry keys, as the security schemes say."""
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else document.get("securityDefinitions")
    for scheme in schemes.values() if isinstance(schemes, dict) else ():
        if isinstance(scheme, dict) and isinstance(scheme.get("name"), str):
            yield scheme["name"]


def _wanted(operation: Operation) -> str:
    """What an operation would be called: its id, where that can be said in Latin letters, else its method and path."""
    said = operation.said.get("operationId")
    return said if isinstance(said, str) and is_readable(said) else _path_name(operation)


def _named(operation: Operation, names: Names, at: str) -> tuple[str, list[Finding]]:
    """The tool's name, and why it is another than the document's."""
    said = operation.said.get("operationId")
    name = names.give(_wanted(operation), f"{operation.method} {operation.path}")
    if not isinstance(said, str) or not said.strip():
        return name, []
    why = why_renamed(said, name) if is_readable(said) else "holds letters that providers refuse"
    return name, [note(at, f"operationId {said[:80]!r} {why}; here it is {name!r}.", "tools.renamed")] if why else []


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
