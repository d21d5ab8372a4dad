"""The tools YAML of the DeepFabric article, and the built-in registry, which is written in it.

    - name: github_create_issue
      description: Create a GitHub issue in a repository
      parameters:
        - {name: labels, type: list, description: Label names, required: false}
      returns: Created issue number and URL

Beyond the article: `parameters` or `returns` may be a JSON Schema; a parameter may carry `default`, `enum`, `items` and
the other keywords of JSON Schema; `type` may be `list[int]` or a name of JSON Schema.
"""

from __future__ import annotations

import difflib
from typing import Any, get_args

from callwright.plugins import Imported
from callwright.records import Action, Finding, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.naming import is_valid, valid
from callwright.tools.schema.clean import clean
from callwright.tools.source import Source, fault

TYPES: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
    "dict": {"type": "object", "additionalProperties": True},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "array": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "additionalProperties": True},
}
_TOOL_KEYS = ("name", "description", "parameters", "returns", "toolkit", "category", "action", "mutates")
_PARAMETER_KEYS = ("name", "type", "description", "required")
_KEYWORD_NAMES = (
    "default enum const examples format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength "
    "maxLength items minItems maxItems uniqueItems properties additionalProperties"
)
KEYWORDS = _KEYWORD_NAMES.split()


def read(source: Source) -> Imported:
    """The tools of a YAML (or JSON) file in the article's form. Raises `SourceError` where it is no such file."""
    return import_document(source.document, place=source.place, toolkit=source.toolkit or source.stem)


def import_document(document: Any, *, place: str, toolkit: str = "") -> Imported:
    """The tools of a list of them, or of `{tools: [...]}`. A faulty tool is left out and said in a finding."""
    entries = document.get("tools") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        return Imported((), (fault(place, "is no list of tools."),))
    reading = _Reading(place, toolkit)
    for number, entry in enumerate(entries):
        reading.take(entry, f"tools[{number}]")
    return Imported(tuple(reading.tools), tuple(reading.findings))


class _Reading:
    """One pass over a file: the tools so far, and what was wrong."""

    def __init__(self, place: str, toolkit: str) -> None:
        self.place = place
        self.toolkit = toolkit
        self.tools: list[Tool] = []
        self.findings: list[Finding] = []
        self._first: dict[str, str] = {}

    def take(self, entry: Any, at: str) -> None:
        before = len(self.findings)
        if not isinstance(entry, dict):
            self._fault(at, f"is {_kind(entry)}, not a tool with `name`, `description` and `parameters`.")
            return
        self._unknown_keys(at, entry, _TOOL_KEYS)
        name = self._name(at, entry.get("name"))
        parameters = self._parameters(at, entry)
        returns, returns_text = self._returns(at, entry.get("returns"))
        description = _text(entry.get("description"))
        action, mutates = self._meaning(at, entry, name, description)
        if any(finding.severity == "error" for finding in self.findings[before:]) or parameters is None:
            return
        self.tools.append(
            Tool(
                name=name,
                description=description,
                parameters=parameters,
                returns=returns,
                returns_text=returns_text,
                toolkit=_text(entry.get("toolkit") or entry.get("category")) or self.toolkit,
                action=action,
                mutates=mutates,
            )
        )

    def _meaning(self, at: str, entry: dict[str, Any], name: str, description: str) -> tuple[Action, bool]:
        """What the file says that a call means, else what the name says."""
        action, mutates = meaning(name, description=description)
        said, changes = entry.get("action", action), entry.get("mutates")
        if said not in get_args(Action):
            self._fault(f"{at}.action", f"{_short(str(said))!r} is not known; known: {', '.join(get_args(Action))}.")
        if changes is not None and not isinstance(changes, bool):
            self._fault(f"{at}.mutates", f"is {_kind(changes)}, not true or false.")
        if changes is None:
            changes = said in ("create", "update", "delete") if "action" in entry else mutates
        return said, bool(changes)

    def _name(self, at: str, name: Any) -> str:
        if not isinstance(name, str) or not name:
            self._fault(at, "has no `name`." if name is None or name == "" else f"name is {_kind(name)}, not text.")
            return ""
        if not is_valid(name):
            self._fault(f"{at}.name", f"{_short(name)!r} is not a valid name (a-z, A-Z, 0-9, _ and -, at most 64); "
                        f"did you mean {valid(name)!r}?")  # fmt: skip
        first = self._first.setdefault(name, at)
        if first != at:
            self._fault(f"{at}.name", f"{name!r} stands already at {first}; rename one of them.")
        return name

    def _parameters(self, at: str, entry: dict[str, Any]) -> Schema | None:
        if "parameters" not in entry:
            self._fault(at, "has no `parameters`; write `parameters: []` where it takes none.")
            return None
        said = entry["parameters"]
        if isinstance(said, dict):
            return self._schema(f"{at}.parameters", said, arguments=True)
        if not isinstance(said, list):
            self._fault(f"{at}.parameters", f"is {_kind(said)}, not a list of parameters or a JSON Schema.")
            return None
        properties: dict[str, Schema] = {}
        required: list[str] = []
        for number, parameter in enumerate(said):
            self._parameter(f"{at}.parameters", number, parameter, properties, required)
        whole = {"type": "object", "properties": properties, "required": required}
        return self._schema(f"{at}.parameters", whole, arguments=True)

    def _parameter(self, at: str, number: int, said: Any, properties: dict[str, Schema], required: list[str]) -> None:
        if not isinstance(said, dict) or not isinstance(said.get("name"), str) or not said["name"]:
            self._fault(f"{at}[{number}]", "is not a parameter with `name`, `type` and `description`.")
            return
        name = said["name"]
        here = f"{at}.{name}"
        if name in properties:
            self._fault(here, "is described twice; leave one of them out.")
        self._unknown_keys(here, said, (*_PARAMETER_KEYS, *KEYWORDS))
        schema = self._type(here, said.get("type"))
        if description := _text(said.get("description")):
            schema["description"] = description
        properties[name] = schema | {key: said[key] for key in KEYWORDS if key in said}
        wanted = said.get("required", "default" not in said)
        if not isinstance(wanted, bool):
            self._fault(f"{here}.required", f"is {_kind(wanted)}, not true or false.")
        elif wanted:
            required.append(name)

    def _type(self, at: str, said: Any) -> Schema:
        """The schema of a type's name: `str`, `list[int]`, `array`."""
        if said is None:
            self._fault(at, f"has no `type`; known: {', '.join(list(TYPES)[:6])}.")
            return {}
        name = str(said).strip()
        outer, bracket, inner = name.partition("[")
        if bracket and outer.lower() in ("list", "array") and inner.endswith("]"):
            return {"type": "array", "items": self._type(at, inner[:-1])}
        if name not in TYPES:
            near = difflib.get_close_matches(name.lower(), TYPES, 1)
            way_out = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(list(TYPES)[:6])}."
            self._fault(at, f"type {_short(name)!r} is not known; {way_out}")
            return {}
        return dict(TYPES[name])

    def _returns(self, at: str, said: Any) -> tuple[Schema | None, str]:
        if said is None or isinstance(said, str):
            return None, _text(said)
        if isinstance(said, dict):
            return self._schema(f"{at}.returns", said), _text(said.get("description"))
        self._fault(f"{at}.returns", f"is {_kind(said)}, not text or a JSON Schema.")
        return None, ""

    def _schema(self, at: str, schema: Schema, *, arguments: bool = False) -> Schema | None:
        cleaned, findings = clean(schema, f"{self.place}: {at}", arguments=arguments)
        self.findings.extend(findings)
        return cleaned

    def _unknown_keys(self, at: str, said: dict[Any, Any], known: tuple[str, ...]) -> None:
        for key in said:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, 1)
                way_out = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known[:6])}."
                self._fault(at, f"key {_short(str(key))!r} is not known; {way_out}")

    def _fault(self, at: str, message: str) -> None:
        self.findings.append(fault(f"{self.place}: {at}", message))


def _text(said: Any) -> str:
    return " ".join(str(said).split()) if said is not None else ""


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "empty")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
