"""The JSON Schema of the configuration, for editors: completion, and the docstrings beside the settings as help.

Pydantic makes the schema. Added here: the docstrings under the fields, and the names that a setting may have besides
its own (`model_path`). A value may be `${NAME:default}` wherever a number or a word of a list is wanted.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any, TypeGuard

from pydantic import AliasChoices, BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from callwright.config import Config

_VARIABLE = {"type": "string", "pattern": r"\$\{"}


def config_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of a configuration file."""
    schema = Config.model_json_schema(schema_generator=_Documented)
    return {"$schema": _Documented.schema_dialect, "title": "Callwright configuration", **_varied(schema)}


class _Documented(GenerateJsonSchema):
    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        made: dict[str, Any] = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        properties: dict[str, Any] = made.get("properties", {})
        said = _docstrings(model)
        for name, info in model.model_fields.items():
            alias = info.validation_alias
            names = [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [name]
            own = properties.get(names[0], {})
            own.pop("title", None)
            if name in said:
                own["description"] = said[name]
            properties.update(dict.fromkeys(names[1:], own))
        made.pop("title", None)
        return made


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Field name -> the docstring under it, of the class itself and those above it."""
    said: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if not issubclass(cls, BaseModel) or cls is BaseModel:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        assert isinstance(tree, ast.ClassDef)
        for field, text in zip(tree.body, tree.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(text):
                said[field.target.id] = " ".join(ast.literal_eval(text.value).split())
    return said


def _is_text(node: ast.stmt) -> TypeGuard[ast.Expr]:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _varied(schema: Any) -> Any:
    """The schema with an environment variable allowed wherever a number, a flag or a word of a list is wanted."""
    if isinstance(schema, list):
        return [_varied(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") in ("integer", "number", "boolean") or "enum" in schema:
        kept = {key: schema[key] for key in ("description", "default") if key in schema}
        inner = {key: value for key, value in schema.items() if key not in kept}
        return {**kept, "anyOf": [inner, _VARIABLE]}
    return {key: value if key in ("default", "examples") else _varied(value) for key, value in schema.items()}
