"""Small real files: what a parameter for file content is given, in agreement with what else is said of the file.

The format is told by the file's name or media type where one is settled, else by the parameter's name and description,
else drawn. `together` makes content, name, media type and size of one file at once. Bytes depend on the seed alone.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callwright.records import Schema
from callwright.tools import files_binary as binary
from callwright.tools import files_text as text
from callwright.tools import words
from callwright.tools.roles import kind_of, role_of, words_of

if TYPE_CHECKING:
    from callwright.tools.values import Values


@dataclass(frozen=True)
class Form:
    """A file format."""

    suffix: str
    mime: str
    said: str
    """Pattern of the words by which a description means it."""
    make: Callable[[Values], bytes]
    is_text: bool = True


def _text(make: Callable[[Values], str]) -> Callable[[Values], bytes]:
    return lambda values: make(values).encode()


def _png(values: Values) -> bytes:
    return binary.png(values.rng)


def _jpeg(values: Values) -> bytes:
    return binary.jpeg(values.rng)


def _pdf(values: Values) -> bytes:
    return binary.pdf([text.title(values), *text.lines(values)])


def _docx(values: Values) -> bytes:
    return binary.docx([text.title(values), *text.lines(values)])


def _xlsx(values: Values) -> bytes:
    return binary.xlsx(text.table(values))


def _zip(values: Values) -> bytes:
    return binary.archive({"orders.csv": text.separated(values)})


_PICTURES = r"png|images?|pictures?|photos?|avatar|logo|screenshots?|icon|thumbnail"
_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS: tuple[Form, ...] = (
    Form("pdf", "application/pdf", r"pdf|invoices?|contracts?", _pdf, is_text=False),
    Form("png", "image/png", _PICTURES, _png, is_text=False),
    Form("jpg", "image/jpeg", r"jpe?g", _jpeg, is_text=False),
    Form("csv", "text/csv", r"csv|spreadsheets?|comma.separated", _text(text.separated)),
    Form("tsv", "text/tab-separated-values", r"tsv|tab.separated", _text(text.tabbed)),
    Form("jsonl", "application/jsonl", r"jsonl|json lines|ndjson", _text(text.json_lines)),
    Form("json", "application/json", r"json", _text(text.as_json)),
    Form("md", "text/markdown", r"markdown|readme", _text(text.markdown)),
    Form("html", "text/html", r"html", _text(text.html)),
    Form("svg", "image/svg+xml", r"svg", _text(text.svg)),
    Form("xml", "application/xml", r"xml", _text(text.xml)),
    Form("yaml", "application/yaml", r"ya?ml", _text(text.yaml)),
    Form("ics", "text/calendar", r"ics|icalendar", _text(text.calendar)),
    Form("py", "text/x-python", r"python|source code|scripts?", _text(text.python)),
    Form(
        "xlsx",
        f"{_OFFICE}.spreadsheetml.sheet",
        r"xlsx|excel",
        lambda values: binary.xlsx(text.table(values)),
        is_text=False,
    ),
    Form("docx", f"{_OFFICE}.wordprocessingml.document", r"docx|word documents?", _docx, is_text=False),
    Form("zip", "application/zip", r"zip|archives?", _zip, is_text=False),
    Form("txt", "text/plain", r"txt|plain text|text files?", _text(text.text)),
)
_USUAL = ("txt", "csv", "json", "md", "png", "pdf")
"""What is drawn where nothing tells the format."""
_ALIKE = {
    "jpeg": "jpg", "yml": "yaml", "htm": "html", "markdown": "md", "text": "txt", "plain": "txt", "ndjson": "jsonl",
}  # fmt: skip

_COMPOUND = frozenset(("$ref", "allOf", "anyOf", "oneOf", "not", "if"))
_KIND = re.compile(r"(?:.* )?(?:(?:mime|media|content|file) ?(?:type|format)|mime|extension|format)")
_SIZE = re.compile(r"(?:file |content )?(?:size|length)(?: in)?(?: bytes)?")
_NAME = re.compile(r"(?:.* )?(?:file ?name|path|file)|name|key|title")
_CODED = re.compile(r"base.?64|b64", re.IGNORECASE)
_IN_A_URL = re.compile(r"data.?ur[il]|data:[\w/]+;base64", re.IGNORECASE)


def together(values: Values, parts: Mapping[str, Schema], settled: Mapping[str, Any]) -> dict[str, Any]:
    """Values for those of `parts` that speak of one file; empty where none of them is its content.

    `settled` are values that stand already: what they say of the file holds, and they are not made again.
    """
    parts = {name: part for name, part in parts.items() if not _COMPOUND & part.keys()}
    held = [name for name, part in parts.items() if role_of(name, part) == "file_content" and name not in settled]
    if not held:
        return {}
    form = _agreed(values, parts, settled, held[0])
    made: dict[str, Any] = {}
    for name in held:
        made[name] = content(values, name, parts[name], form)
    size = len(_bytes(made[held[0]], coded=is_coded(held[0], parts[held[0]]) or not form.is_text))
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
    return _as_said(plain[:size] if high < len(made) else plain, name, schema, _BY_SUFFIX["txt"], coded)


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


def _bytes(written: str, *, coded: bool) -> bytes:
    """The file behind a parameter's value."""
    bare = written.partition(";base64,")[2] or written
    return base64.b64decode(bare, altchars="-_" if re.search("[-_]", bare) else None) if coded else written.encode()


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
    by_type = _BY_MIME.get(str(schema.get("contentMediaType", "")).partition(";")[0])
    if by_type:
        return [by_type]
    said = f"{words_of(name)} {str(schema.get('description', ''))[:300]}".lower()
    return [form for form in FORMS if _words(form).search(said)]


def _drawn(values: Values, options: list[Form]) -> Form:
    return values.rng.choice(options or [_BY_SUFFIX[suffix] for suffix in _USUAL])


def told_by(name: str, value: Any) -> Form | None:
    """The format that another parameter's value tells: a media type, an extension, a file's name."""
    if not isinstance(value, str) or "@" in value or "://" in value:
        return None
    said, bare = words_of(name), value.lower().partition(";")[0].strip()
    if form := _BY_MIME.get(bare):
        return form
    if _KIND.fullmatch(said):
        return _by_suffix(bare.lstrip("."))
    return _by_suffix(bare.rpartition(".")[2]) if _NAME.fullmatch(said) and "." in bare else None


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
    if _KIND.fullmatch(said):
        longer = re.search(r"mime|media|content", said)
        return form.mime if longer else form.suffix
    role = role_of(name, schema)
    if role not in ("file_name", "path") or re.search(r"director|folder|\bdir\b", said):
        return None
    folder = values.rng.choice(("docs/", "data/", "shared/")) if role == "path" else ""
    return f"{folder}{values.rng.choice(words.MODULES)}.{form.suffix}"


def _by_suffix(suffix: str) -> Form | None:
    return _BY_SUFFIX.get(_ALIKE.get(suffix, suffix))


@functools.lru_cache(maxsize=64)
def _words(form: Form) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{form.said})\b")


_BY_SUFFIX = {form.suffix: form for form in FORMS}
_BY_MIME = {
    **{form.mime: form for form in FORMS},
    "application/x-yaml": _BY_SUFFIX["yaml"],
    "text/yaml": _BY_SUFFIX["yaml"],
    "application/x-ndjson": _BY_SUFFIX["jsonl"],
    "application/x-zip-compressed": _BY_SUFFIX["zip"],
    "image/jpg": _BY_SUFFIX["jpg"],
    "text/xml": _BY_SUFFIX["xml"],
}
