"""Files are read by what reads their format, here by nothing of ours: struct, zlib, csv, json, html, xml, zipfile."""

from __future__ import annotations

import base64
import csv
import html.parser
import io
import json
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callwright.records import Schema
from callwright.tools.files import content, together
from callwright.tools.files_forms import FORMS, Form, kept, sniffed, told_by
from callwright.tools.values import Values, is_valid

SEEDS = st.integers(0, 2**32)
TEXT: Schema = {"type": "string"}
CODED: Schema = {"type": "string", "contentEncoding": "base64"}


def values(seed: int) -> Values:
    return Values(random.Random(seed))


def read_png(made: bytes) -> None:
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(made):
        size, kind = struct.unpack(">I4s", made[at : at + 8])
        data = made[at + 8 : at + 8 + size]
        assert struct.unpack(">I", made[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + data)
        chunks[kind] = data
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour, rest) == (1, 0, [0, 0, 0])
    lines = zlib.decompress(chunks[b"IDAT"])
    assert len(lines) == height * (1 + width // 8)
    assert set(lines[:: 1 + width // 8]) == {0}, "every line names filter 0"


def read_jpeg(made: bytes) -> None:
    """The segments, and the scan decoded by the tables that the file brings: four blocks, then only filling ones."""
    assert made[:2] == b"\xff\xd8"
    assert made[-2:] == b"\xff\xd9"
    at, seen, tables = 2, [], {}
    while made[at + 1] != 0xDA:
        marker, size = struct.unpack(">xBH", made[at : at + 4])
        seen.append(marker)
        if marker == 0xC4:
            tables[made[at + 4]] = huffman(made[at + 5 : at + 2 + size])
        at += 2 + size
    assert seen == [0xE0, 0xDB, 0xC0, 0xC4, 0xC4]
    scan = made[at + 2 + struct.unpack(">H", made[at + 2 : at + 4])[0] : -2].replace(b"\xff\0", b"\xff")
    bits, level = "".join(f"{byte:08b}" for byte in scan), 0
    for _ in range(4):
        size, bits = decoded(bits, tables[0])
        step = int(bits[:size] or "0", 2)
        if size:
            level += step if bits[0] == "1" else step - (1 << size) + 1
        end, bits = decoded(bits[size:], tables[0x10])
        assert end == 0
        assert -64 <= level <= 64
    assert len(bits) < 8
    assert set(bits) <= {"1"}


def huffman(data: bytes) -> dict[str, int]:
    """Code -> symbol (ITU T.81, annex C)."""
    code, symbols, found = 0, list(data[16:]), {}
    for length, count in enumerate(data[:16], 1):
        for _ in range(count):
            found[f"{code:0{length}b}"] = symbols.pop(0)
            code += 1
        code <<= 1
    return found


def decoded(bits: str, table: dict[str, int]) -> tuple[int, str]:
    code = next(code for code in table if bits.startswith(code))
    return table[code], bits[len(code) :]


def read_pdf(made: bytes) -> None:
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", made)[0])
    head, count, first = re.match(rb"(xref)\n0 (\d+)\n(\d{10} 65535 f \n)", made[start:]).groups()  # type: ignore[union-attr]
    entries = made[start + len(head) + len(count) + 4 :][: 20 * int(count)]
    assert entries.startswith(first)
    for number in range(1, int(count)):
        offset = int(entries[20 * number : 20 * number + 10])
        assert made[offset:].startswith(b"%d 0 obj" % number)
    length, stream = re.findall(rb"<</Length (\d+)>>stream\n(.*?)\nendstream", made, re.DOTALL)[0]
    assert len(stream) == int(length)
    assert len(re.findall(rb"\(.+?\) Tj", stream)) == 3
    assert b"/Size %s/Root 1 0 R" % count in made


def read_csv(made: bytes, delimiter: str = ",") -> None:
    rows = list(csv.reader(io.StringIO(made.decode()), delimiter=delimiter))
    assert rows[0] == ["date", "customer", "amount"]
    assert len(rows) == 4
    assert all(len(row) == 3 and row[2].isdigit() for row in rows[1:])


def read_zip(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                Tree.fromstring(packed.read(name))
            else:
                read_csv(packed.read(name))


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read_html(made: bytes) -> None:
    tags = Tags()
    tags.feed(made.decode())
    assert tags.open == []


READERS: dict[str, Callable[[bytes], Any]] = {
    "pdf": read_pdf,
    "png": read_png,
    "jpg": read_jpeg,
    "csv": read_csv,
    "tsv": lambda made: read_csv(made, "\t"),
    "jsonl": lambda made: [json.loads(line)["date"] for line in made.splitlines()],
    "json": lambda made: [one["customer"] for one in json.loads(made)],
    "html": read_html,
    "svg": Tree.fromstring,
    "xml": Tree.fromstring,
    "yaml": lambda made: yaml.safe_load(made)["service"],
    "py": lambda made: compile(made, "made.py", "exec"),
    "xlsx": read_zip,
    "docx": read_zip,
    "zip": read_zip,
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.suffix)
@given(seed=SEEDS)
def test_every_file_is_read_by_what_reads_its_format(form: Form, seed: int) -> None:
    made = form.make(values(seed))
    READERS.get(form.suffix, bytes.decode)(made)
    assert 20 < len(made) < 2_000
    assert made == form.make(values(seed)), "the seed alone decides"
    assert form.is_text == is_text(made)


def is_text(made: bytes) -> bool:
    try:
        return "\0" not in made.decode()
    except UnicodeDecodeError:
        return False


def test_two_seeds_give_two_files() -> None:
    for form in FORMS:
        assert len({form.make(values(seed)) for seed in range(12)}) > 6, form.suffix


@pytest.mark.parametrize(
    ("name", "schema", "start"),
    [
        ("data", {"description": "The PDF, base64 encoded"}, b"%PDF"),
        ("image_base64", {}, b"\x89PNG"),
        ("content", {"contentEncoding": "base64", "contentMediaType": "image/jpeg"}, b"\xff\xd8"),
        ("content", {"format": "byte", "description": "A spreadsheet as CSV"}, b"date,"),
        ("content", {"format": "binary", "description": "README in Markdown"}, b"# "),
        ("content", {"contentEncoding": "base64url", "description": "JSON document"}, b"[\n"),
    ],
)
def test_name_description_and_media_type_tell_the_format(name: str, schema: Schema, start: bytes) -> None:
    made = content(values(1), name, {"type": "string", **schema})
    assert base64.urlsafe_b64decode(made.replace("+", "-").replace("/", "_")).startswith(start)


def test_a_text_stands_as_it_is_where_nothing_asks_for_base64() -> None:
    read_csv(content(values(1), "file_content", {"description": "Rows as CSV"}).encode())


def test_a_data_url_names_its_media_type() -> None:
    made = content(values(1), "image", {"description": "PNG as a data URL, base64"})
    assert made.startswith("data:image/png;base64,")
    read_png(base64.b64decode(made.partition(",")[2]))


@given(seed=SEEDS)
def test_all_that_is_said_of_a_file_agrees(seed: int) -> None:
    parts: dict[str, Schema] = {
        "file_name": TEXT,
        "mime_type": TEXT,
        "content": CODED,
        "size": {"type": "integer"},
        "folder": {"type": "string"},
    }
    made = together(values(seed), parts, {})
    assert made.keys() == parts.keys() - {"folder"}
    form = told_by("file_name", made["file_name"])
    assert form
    assert made["mime_type"] == form.mime
    read = base64.b64decode(made["content"])
    assert len(read) == made["size"]
    READERS.get(form.suffix, bytes.decode)(read)


@given(seed=SEEDS, form=st.sampled_from(FORMS))
def test_what_is_settled_decides_the_format(seed: int, form: Form) -> None:
    parts: dict[str, Schema] = {"path": TEXT, "content": CODED}
    made = together(values(seed), parts, {"path": f"docs/report.{form.suffix}"})
    assert made.keys() == {"content"}
    READERS.get(form.suffix, bytes.decode)(base64.b64decode(made["content"]))


@given(seed=SEEDS)
def test_of_several_media_types_one_is_taken_that_can_be_made(seed: int) -> None:
    kinds = {"enum": ["video/mp4", "image/png", "application/pdf"]}
    made = Values(random.Random(seed)).sample(
        {"type": "object", "properties": {"content": CODED, "mime_type": kinds, "filename": TEXT},
         "required": ["content", "mime_type", "filename"]}
    )  # fmt: skip
    form = told_by("mime_type", made["mime_type"])
    assert form
    assert form.suffix in ("png", "pdf")
    assert made["filename"].endswith(f".{form.suffix}")
    READERS[form.suffix](base64.b64decode(made["content"]))


@given(seed=SEEDS, form=st.sampled_from(FORMS))
def test_content_that_is_settled_decides_what_is_said_of_it(seed: int, form: Form) -> None:
    made = form.make(values(seed))
    assert sniffed(made) == form
    parts: dict[str, Schema] = {"path": TEXT, "content": CODED, "size": {"type": "integer"}}
    told = together(values(seed), parts, {"content": base64.b64encode(made).decode()})
    assert told["path"].endswith(f".{form.suffix}")
    assert told["size"] == len(made)
    assert "content" not in told


@pytest.mark.parametrize("value", ["not base64 !", "", 3, None, "AAAA"])
def test_content_from_elsewhere_may_be_anything(value: Any) -> None:
    assert together(values(1), {"path": TEXT, "content": CODED}, {"content": value})["path"].endswith(".txt")


@pytest.mark.parametrize(
    ("name", "old", "new", "value"),
    [
        ("path", "docs/a.pdf", "src/b.py", "src/b.pdf"),
        ("path", "docs/a.py", "src/b.py", "src/b.py"),
        ("path", "docs", "src/b.py", "src/b.py"),
        ("mime_type", "image/png", "text/csv", None),
        ("title", "A plan", "Another", "Another"),
    ],
)
def test_a_correction_keeps_the_format(name: str, old: str, new: str, value: str | None) -> None:
    assert kept(name, old, new) == value


def test_nothing_is_said_of_a_file_where_there_is_none() -> None:
    assert together(values(1), {"file_name": TEXT, "mime_type": TEXT, "size": {"type": "integer"}}, {}) == {}


@pytest.mark.parametrize(("name", "value"), [("website", "https://a.example/x.pdf"), ("mail", "a@x.md"), ("n", 3)])
def test_what_is_no_file_tells_no_format(name: str, value: Any) -> None:
    assert told_by(name, value) is None


@given(seed=SEEDS, low=st.integers(0, 300), more=st.integers(8, 60))
def test_lengths_are_kept_and_base64_stays_base64(seed: int, low: int, more: int) -> None:
    schema = {"type": "string", "contentEncoding": "base64", "minLength": low, "maxLength": low + more}
    made = values(seed).typed("file", schema)
    assert is_valid(made, schema)
