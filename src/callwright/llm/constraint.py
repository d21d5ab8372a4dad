"""A request's constraint in the words of the embedded runtime."""

from __future__ import annotations

from typing import Any

import orjson

from callwright.errors import BadRequest
from callwright.llm.grammar.ebnf import Impossible
from callwright.llm.grammar.json_schema import json_grammar
from callwright.llm.grammar.regex import Unsupported, pattern
from callwright.records import Constraint

_NESTED = ("content", "elements", "tags")


def grammar(constraint: Constraint) -> tuple[str, str]:
    """(kind, text) as the runtime names them. Raises `BadRequest` where it cannot be said."""
    try:
        match constraint.kind:
            case "json_schema":
                return "grammar", json_grammar(_object(constraint.body))
            case "regex":
                return "grammar", f"root ::= {pattern(str(constraint.body), in_json=False)}\n"
            case "gbnf":
                return "grammar", str(constraint.body)
            case "structural_tag":
                return "structural_tags_config", orjson.dumps(_tag(_object(constraint.body))).decode()
    except Impossible as error:
        raise BadRequest(f"no reply can satisfy the schema: {error}.") from error
    except (Unsupported, orjson.JSONDecodeError) as error:
        raise BadRequest(f"the {constraint.kind} cannot be said to the embedded model: {error}.") from error
    raise BadRequest(f"the embedded model reads no {constraint.kind} grammars: give a JSON Schema, a regex or GBNF.")


def _object(body: Any) -> dict[str, Any]:
    said = orjson.loads(body) if isinstance(body, str) else body
    if not isinstance(said, dict):
        raise BadRequest("a constraint's body must be a JSON object.")
    return said


def _tag(tag: dict[str, Any]) -> dict[str, Any]:
    """A structural tag whose schemas and expressions are grammars of ours, for the same reasons as elsewhere."""
    said = dict(tag)
    if said.get("type") == "json_schema":
        return {"type": "grammar", "grammar": json_grammar(said["json_schema"])}
    if said.get("type") == "regex":
        return {"type": "grammar", "grammar": f"root ::= {pattern(said['pattern'], in_json=False)}\n"}
    for key in ("format", *_NESTED):
        if isinstance(said.get(key), dict):
            said[key] = _tag(said[key])
        elif isinstance(said.get(key), list):
            said[key] = [_tag(part) for part in said[key]]
    return said
