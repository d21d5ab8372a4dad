"""The formats of small files: how each is made, and what tells it: a name, a media type, the first bytes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callwright.tools import files_binary as binary
from callwright.tools import files_text as text
from callwright.tools.roles import words_of

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
USUAL = ("txt", "csv", "json", "md", "png", "pdf")
"""What is drawn where nothing tells the format."""
_ALIKE = {
    "jpeg": "jpg", "yml": "yaml", "htm": "html", "markdown": "md", "text": "txt", "plain": "txt", "ndjson": "jsonl",
}  # fmt: skip

KIND = re.compile(r"(?:.* )?(?:(?:mime|media|content|file) ?(?:type|format)|mime|extension|format)")
_NAME = re.compile(r"(?:.* )?(?:file ?name|path|file)|name|key|title")


def told_by(name: str, value: Any) -> Form | None:
    """The format that another parameter's value tells: a media type, an extension, a file's name."""
    if not isinstance(value, str) or "@" in value or "://" in value:
        return None
    said, bare = words_of(name), value.lower().partition(";")[0].strip()
    if form := BY_MIME.get(bare):
        return form
    if KIND.fullmatch(said):
        return by_suffix(bare.lstrip("."))
    return by_suffix(bare.rpartition(".")[2]) if _NAME.fullmatch(said) and "." in bare else None


def sniffed(made: bytes) -> Form:
    """The format of a file, by its first bytes; plain text where they tell none."""
    return BY_SUFFIX[next((suffix for suffix, start in _STARTS if start.match(made)), "txt")]


def kept(name: str, old: Any, new: Any) -> Any:
    """`new`, told as the same format as `old`; None where it tells another that cannot be changed."""
    form = told_by(name, old)
    if form is None or told_by(name, new) == form:
        return new
    stem, dot, _ = str(new).rpartition(".")
    return f"{stem}.{form.suffix}" if dot and not KIND.fullmatch(words_of(name)) else None


def by_suffix(suffix: str) -> Form | None:
    return BY_SUFFIX.get(_ALIKE.get(suffix, suffix))


@functools.lru_cache(maxsize=64)
def meant_by(form: Form) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{form.said})\b")


_STARTS = tuple(
    (suffix, re.compile(start, re.DOTALL))
    for suffix, start in (
        ("pdf", rb"%PDF"),
        ("png", rb"\x89PNG"),
        ("jpg", rb"\xff\xd8\xff"),
        ("xlsx", rb"PK.*xl/workbook"),
        ("docx", rb"PK.*word/document"),
        ("zip", rb"PK"),
        ("jsonl", rb"\{[^\n]*\}\n"),
        ("json", rb"\s*(?:\[\s*[\[{\]\"\d]|\{\s*[\"}])"),
        ("ics", rb"BEGIN:VCALENDAR"),
        ("html", rb"(?i)<!doctype html|<html"),
        ("svg", rb"<svg"),
        ("xml", rb"<\?xml|<\w+"),
        ("md", rb"#+ "),
        ("py", rb"(?:import|from|def|class) \w|\w+ = .*\ndef "),
        ("yaml", rb"\w+: [^\n]*\n\w+: "),
        ("tsv", rb"[^\t\n]+\t[^\n]*\n[^\t\n]+\t"),
        ("csv", rb"[^,\n]+,[^\n]*\n[^,\n]+,"),
    )
)
BY_SUFFIX = {form.suffix: form for form in FORMS}
BY_MIME = {
    **{form.mime: form for form in FORMS},
    "application/x-yaml": BY_SUFFIX["yaml"],
    "text/yaml": BY_SUFFIX["yaml"],
    "application/x-ndjson": BY_SUFFIX["jsonl"],
    "application/x-zip-compressed": BY_SUFFIX["zip"],
    "image/jpg": BY_SUFFIX["jpg"],
    "text/xml": BY_SUFFIX["xml"],
}
