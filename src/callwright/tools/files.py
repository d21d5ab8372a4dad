"""Small real files: what a parameter for file content is given, in agreement with what else is said of the file.

The format is told by the file's name or media type where one is settled, else by the parameter's name and description,
else drawn. `together` makes content, name, media type and size of one file at once. Bytes depend on the seed alone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from callwright.records import Schema
from callwright.tools import files_text as text
from callwright.tools import words
from callwright.tools.files_forms import BY_MIME, BY_SUFFIX, FORMS, KIND, USUAL, Form, meant_by, sniffed, told_by
from callwright.tools.roles import kind_of, role_of, words_of

if TYPE_CHECKING:
    from callwright.tools.values import Values


_COMPOUND = frozenset(("$ref", "allOf", "anyOf", "oneOf", "not", "if"))
_SIZE = re.compile(r"(?:file |content )?(?:size|length)(?: in)?(?: bytes)?")
_CODED = re.compile(r"base.?64|b64", re.IGNORECASE)
_IN_A_URL = re.compile(r"data.?ur[il]|data:[\w/]+;base64", re.IGNORECASE)


def together(values: Values, parts: Mapping[str, Schema], settled: Mapping[str, Any]) -> dict[str, Any]:
    """Values for those of `parts` that speak of one file; empty where none of them is its content.

    `settled` are values that stand already: what they say of the file holds, and they are not made again.
    """
    parts = {name: part for name, part in parts.items() if not _COMPOUND & part.keys()}
    held = [name for name, part in parts.items() if role_of(name, part) == "file_content"]
    if not held:
        return {}
    first = held[0]
    found = _bytes(settled[first], coded=is_coded(first, parts[first])) if first in settled else None
    form = sniffed(found) if found is not None else _agreed(values, parts, settled, first)
    made: dict[str, Any] = {name: content(values, name, parts[name], form) for name in held if name not in settled}
    if found is None:
        found = _bytes(made[first], coded=is_coded(first, parts[first]) or not form.is_text)
    size = len(found)
    for name, part in parts.items():
        if name not in settled and name not in made and (told := _told(values, name, part, form, size)) is not None:
            made[name] = told
    return made


def content(values: Values, name: str, schema: Schema, form: Form | None = None) -> str:
    """A file as the parameter takes it: base64 where it says so or the file is no text, else the text itself."""
    form = form or _drawn(values, _meant(name, schema))
    coded = is_coded(name, schema) or not form.is_text
    made = _as_said(form.make(values), name, schema, form, coded)
    low, high = schema.get("minLength", 0), schema.get("maxLength", len(made))
    if low <= len(made) <= high:
        return made
    size = max(1, high * 3 // 4 if coded else high)
    plain = "\n".join(text.lines(values, 1 + max(low, size if high < len(made) else 0) // 20)).encode()
    return _as_said(plain[:size] if high < len(made) else plain, name, schema, BY_SUFFIX["txt"], coded)


def is_coded(name: str, schema: Schema) -> bool:
    """Whether the parameter takes base64."""
    told = str(schema.get("contentEncoding", "")), str(schema.get("format", "")), words_of(name)
    if any(_CODED.search(one) for one in told) or schema.get("format") in ("byte", "binary"):
        return True
    return bool(_CODED.search(str(schema.get("description", ""))))


def _as_said(made: bytes, name: str, schema: Schema, form: Form, coded: bool) -> str:
    if not coded:
        return made.decode()
    url = "base64url" in str(schema.get("contentEncoding", ""))
    written = (base64.urlsafe_b64encode if url else base64.b64encode)(made).decode()
    in_a_url = _IN_A_URL.search(f"{words_of(name)} {schema.get('description', '')}")
    return f"data:{form.mime};base64,{written}" if in_a_url else written


def _bytes(written: Any, *, coded: bool) -> bytes:
    """The file behind a parameter's value; the value's own text where it is not what the parameter takes."""
    bare = str(written).partition(";base64,")[2] or str(written)
    try:
        return base64.b64decode(bare, altchars="-_" if re.search("[-_]", bare) else None) if coded else bare.encode()
    except ValueError:
        return str(written).encode()


def _agreed(values: Values, parts: Mapping[str, Schema], settled: Mapping[str, Any], held: str) -> Form:
    """The format on which all that is said of the file agrees, as far as that can be."""
    told = [form for name, value in settled.items() if (form := told_by(name, value))]
    told += [form for name, part in parts.items() if (form := told_by(name, part.get("const", part.get("default"))))]
    if told:
        return told[0]
    meant = _meant(held, parts[held])
    for name, part in parts.items():
        options = [form for value in part.get("enum", ()) if (form := told_by(name, value))]
        meant = [form for form in meant if form in options] or options or meant
    return _drawn(values, meant)


def _meant(name: str, schema: Schema) -> list[Form]:
    """The formats that name, description or media type mean."""
    by_type = BY_MIME.get(str(schema.get("contentMediaType", "")).partition(";")[0])
    if by_type:
        return [by_type]
    said = f"{words_of(name)} {str(schema.get('description', ''))[:300]}".lower()
    return [form for form in FORMS if meant_by(form).search(said)]


def _drawn(values: Values, options: list[Form]) -> Form:
    return values.rng.choice(options or [BY_SUFFIX[suffix] for suffix in USUAL])


def _told(values: Values, name: str, schema: Schema, form: Form, size: int) -> Any:
    """What a parameter beside the content says of the file; None where it says nothing of it."""
    said, kind = words_of(name), kind_of(schema)
    if kind == "integer" and _SIZE.fullmatch(said) and "enum" not in schema:
        return size
    if "const" in schema or kind != "string" or "format" in schema or "pattern" in schema:
        return None
    if options := [one for one in schema.get("enum", ()) if told_by(name, one) == form]:
        return options[0]
    if "enum" in schema:
        return None
    if KIND.fullmatch(said):
        longer = re.search(r"mime|media|content", said)
        return form.mime if longer else form.suffix
    role = role_of(name, schema)
    if role not in ("file_name", "path") or re.search(r"director|folder|\bdir\b", said):
        return None
    folder = values.rng.choice(("docs/", "data/", "shared/")) if role == "path" else ""
    return f"{folder}{values.rng.choice(words.MODULES)}.{form.suffix}"
