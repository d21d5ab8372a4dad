"""From what is known of a thing to a result: every value in the form that the schema wants, what is missing made up.

`Fill.whole(...)` always satisfies its schema, or raises `Unsampleable`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callwright.execution.world_api import Table
from callwright.execution.world_forms import MISSING, NAMING, Ready, forms_of, label_of, order, said_of
from callwright.execution.world_operation import slot_of
from callwright.execution.world_records import Record
from callwright.execution.world_values import Maker
from callwright.records import Schema
from callwright.tools.relations_fields import canonical
from callwright.tools.roles import kind_of, role_of
from callwright.tools.values import Values, is_valid

MOST_SHOWN = 10
"""Properties of a thing that an answer shows, if its schema leaves it to us."""
MOST_INNER = 3
DEEPEST = 4


class Fill:
    """Fills schemas from the records of one world."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    def known(self, record: Record, slot: str) -> Any:
        """What a record holds in `slot`, drawn if nobody has asked before; `MISSING` where it has no such slot."""
        if slot in record.fields:
            return record.fields[slot]
        if (ending := _LATER.fullmatch(slot)) and (slot in record.table.properties):
            return self._ended(record, slot, ending[1])
        refs = {ref.thing: value for ref, value in record.refs.items() if ref.thing not in ("repo", "repository")}
        refs |= {" ".join(part for part in ref if part): value for ref, value in record.refs.items()}
        if slot in refs:
            return refs[slot]
        if slot not in record.table.properties or _is_left_out(record, slot):
            return MISSING
        name, schema = record.table.properties[slot]
        record.fields[slot] = self._joined(record, slot) or self.value(record, MISSING, schema, (name,))
        return record.fields[slot]

    def _ended(self, record: Record, slot: str, how: str) -> Any:
        """When something was closed, merged, deleted: nothing as long as it is not."""
        name, schema = record.table.properties[slot]
        states = [self.known(record, one) for one in (how, "state", "status")]
        if how in states or states[0] is True:
            minutes = record.touched if record.touched is not None else record.moment // 2
            return record.fields.setdefault(slot, said_of(self._maker.moment(minutes)))
        return None if is_valid(None, schema) else self.value(record, MISSING, schema, (name,))

    def thing(self, record: Record, schema: Schema) -> Any:
        """A record as `schema` shows it."""
        if kind_of(schema) != "object" or not schema.get("properties"):
            return self.value(record, self.plainly(record), schema, ())
        shown = self._shown(record, schema)
        required = schema.get("required", ())
        left_out = {name for name in shown if _is_left_out(record, slot_of(name, record.table.thing))}
        shown = [name for name in shown if name in required or name not in left_out]
        have = {name: known for name in shown if (known := self._property(record, name)) is not MISSING}
        for choice in (shown, list(schema.get("required", ()))):
            made = self.value(record, {name: have[name] for name in choice if name in have}, schema, (), choice)
            if is_valid(made, schema):
                return made
        return self.value(record, {}, schema, ())

    def plainly(self, record: Record) -> dict[str, Any]:
        """A record where no schema says how it is shown: its names, parents, title, what was put in, its times."""
        table = record.table
        titles = [slot for slot in ("title", "name", "subject", "summary") if slot in table.properties]
        states = [slot for slot in ("state", "status") if slot in table.properties]
        said = {slot: self.known(record, slot) for slot in (*table.keys, *titles[:1], *states[:1])}
        said |= record.given
        if len(said) < 2:
            said["title"] = self._maker.wording(record, "title").title(table.thing)
        named = {self._name(table, slot): value for slot, value in said.items() if value not in (None, MISSING)}
        of = {label_of(ref): value for ref, value in record.refs.items()}
        times = {"created_at": said_of(self._maker.moment(record.moment))}
        if record.touched is not None and not record.is_new:
            times["updated_at"] = said_of(self._maker.moment(record.touched))
        return {**named, **of, **times}

    @staticmethod
    def _name(table: Table, slot: str) -> str:
        return table.properties[slot][0] if slot in table.properties else slot.replace(" ", "_") or "name"

    def whole(self, record: Record, have: Any, schema: Schema) -> Any:
        """`have` completed to all of `schema`. Raises `Unsampleable`."""
        made = self.value(record, have, schema, ())
        if is_valid(made, schema):
            return made
        made = self.value(record, MISSING, schema, ())
        return made if is_valid(made, schema) else Values(self._maker.rng(record.uid, "any")).sample(schema)

    # --- values under a schema ------------------------------------------------------------------------------------

    def value(
        self, record: Record, have: Any, schema: Any, path: tuple[str, ...], shown: list[str] | None = None
    ) -> Any:
        """`have` in the form of `schema`; a new value where it is `MISSING` or cannot take that form."""
        if not isinstance(schema, dict):
            schema = {}
        if isinstance(have, Ready):
            return dict(have)
        if "const" in schema:
            return schema["const"]
        if have is None and is_valid(None, schema):
            return None
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                return self._chosen(record, have, schema, key, path, shown)
        match kind_of(schema):
            case "object":
                return self._object(record, have, schema, path, shown)
            case "array":
                return self._array(record, have, schema, path)
        return self._scalar(record, have, schema, path)

    def _chosen(
        self, record: Record, have: Any, schema: Schema, key: str, path: tuple[str, ...], shown: list[str] | None
    ) -> Any:
        """By the first form that takes the value."""
        rest = {name: part for name, part in schema.items() if name != key}
        forms = [{**rest, **form} for form in schema[key] if isinstance(form, dict)]
        made = None
        for form in sorted(forms, key=lambda form: form.get("type") == "null"):
            made = self.value(record, have, form, path, shown)
            if is_valid(made, schema):
                return made
        return made

    def _object(
        self, record: Record, have: Any, schema: Schema, path: tuple[str, ...], shown: list[str] | None
    ) -> dict[str, Any]:
        parts: Mapping[str, Any] = schema.get("properties") or {}
        if not parts:
            return self._loose(record, have, path) if schema.get("additionalProperties") is not False else {}
        held = have if isinstance(have, dict) else self._wrapped(have, parts)
        required = list(schema.get("required", ()))
        chosen = shown if shown is not None else self._inner(parts, required, path)
        made = {
            name: self.value(record, held.get(name, MISSING), part, (*path, name))
            for name, part in parts.items()
            if name in chosen or name in required or name in held
        }
        order(made, held)
        extra = schema.get("additionalProperties")
        for name in [name for name in required if name not in parts]:
            inner = extra if isinstance(extra, dict) else {"type": "string"}
            made[name] = self.value(record, held.get(name, MISSING), inner, (*path, name))
        return made

    @staticmethod
    def _inner(parts: Mapping[str, Any], required: list[str], path: tuple[str, ...]) -> list[str]:
        """Which optional properties of an inner object are shown."""
        if len(path) >= DEEPEST:
            return []
        naming = [name for name in parts if name in NAMING and name not in required]
        others = [name for name in parts if name not in required and name not in naming]
        return [*naming, *others][: max(0, (MOST_INNER if path else MOST_SHOWN) - len(required))]

    @staticmethod
    def _wrapped(have: Any, parts: Mapping[str, Any]) -> dict[str, Any]:
        """A bare name becomes the naming property of an object: "bug" -> {name: "bug"}."""
        have = next(iter(have), None) if isinstance(have, list) else have
        if isinstance(have, dict):
            return have
        if have is MISSING or have is None:
            return {}
        fits = [name for name in NAMING if name in parts and is_valid(have, parts[name])]
        return {fits[0]: have} if fits else {}

    def _loose(self, record: Record, have: Any, path: tuple[str, ...]) -> dict[str, Any]:
        """An object of which nothing is known but its name."""
        have = next(iter(have), None) if isinstance(have, list) else have
        if isinstance(have, dict):
            return have
        name = next((part for part in reversed(path) if not part.isdigit()), "")
        if name != "owner" and role_of(name, {"type": "string"}) not in ("username", "person"):
            return {}
        drawn = self._maker.scalar(record, (*path, "login"), {"type": "string"})
        person = drawn if have in (MISSING, None) else have
        return {"login": person, "id": self._maker.scalar(record, (*path, "id"), {"type": "integer"})}

    def _array(self, record: Record, have: Any, schema: Schema, path: tuple[str, ...]) -> list[Any]:
        items = schema.get("items", {})
        if have is not MISSING and have is not None:
            held = have if isinstance(have, list) else [have]
            return [self.value(record, one, items, (*path, str(at))) for at, one in enumerate(held)]
        low, high = schema.get("minItems", 0), schema.get("maxItems", record.items or 3)
        usual = self._maker.rng(record.uid, *path, "count").randint(0 if record.is_new and path else 1, 3)
        usual = record.items if record.items and len(path) == 1 else usual
        count = low if len(path) > 3 else max(low, min(schema.get("maxItems", usual), high, usual))
        prefix = schema.get("prefixItems", ())
        made = [self.value(record, MISSING, part, (*path, str(at))) for at, part in enumerate(prefix)]
        made += [self.value(record, MISSING, items, (*path, str(at))) for at in range(len(made), count)]
        different = [one for at, one in enumerate(made) if one not in made[:at]]
        return different if len(different) >= low else made

    def _scalar(self, record: Record, have: Any, schema: Schema, path: tuple[str, ...]) -> Any:
        for form in forms_of(have):
            if form is not MISSING and is_valid(form, schema):
                return form
        return self._maker.scalar(record, path or ("value",), schema)

    # --- which properties -----------------------------------------------------------------------------------------

    def _property(self, record: Record, name: str) -> Any:
        slot = slot_of(name, record.table.thing)
        known = self.known(record, slot)
        return known if known is not MISSING else self.known(record, " ".join(canonical(name)))

    def _shown(self, record: Record, schema: Schema) -> list[str]:
        """The properties that an answer shows: what is required, what a call has set, the names, then others."""
        parts, required = schema["properties"], set(schema.get("required", ()))
        of = {" ".join(part for part in ref if part) for ref in record.refs}

        def rank(name: str) -> int:
            slot = slot_of(name, record.table.thing)
            if name in required:
                return 0
            if slot in record.given or slot in record.table.keys or slot in of:
                return 1
            return 2 if slot in NAMING or slot in _TELLING else 3

        ranked = sorted(parts, key=rank)
        certain = sum(rank(name) < 2 for name in ranked)
        return ranked[: max(certain, MOST_SHOWN)]

    def _joined(self, record: Record, slot: str) -> str | None:
        """`full_name` of a repository: all that names it."""
        names = [value for value in record.names().values() if isinstance(value, str)]
        return "/".join(names) if slot == "full name" and len(names) > 1 else None


_LATER = re.compile(
    r"(closed|merged|deleted|archived|resolved|completed|cancell?ed|ended|finished|locked) (?:at|on|date)"
)
_TELLING = frozenset(
    ("status", "state", "url", "html url", "description", "summary", "body", "start", "end", "date", "created at",
     "updated at", "created", "updated", "price", "amount", "total", "type", "priority", "due date", "user", "owner")
)  # fmt: skip


def _is_left_out(record: Record, slot: str) -> bool:
    """Whether the call that made the thing could have given this and did not."""
    return record.is_new and slot in record.table.chosen and slot not in record.fields
