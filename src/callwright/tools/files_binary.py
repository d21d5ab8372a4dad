"""Small files of binary formats, made byte by byte: images, documents, archives. Each is read by what reads its format.

Not covered: anything beyond what a reader needs; the images are a few pixels, the documents a few lines.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

SIDE = 16
"""Pixels of an image's side."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member of an archive: bytes depend on the seed alone."""


def png(rng: random.Random) -> bytes:
    """A black and white bar chart (PNG 1.2; one bit a pixel)."""
    heights = [rng.randrange(2, SIDE) for _ in range(SIDE // 2)]
    lines = b""
    for y in range(SIDE):
        bits = 0
        for x in range(SIDE):
            is_bar = x % 2 == 0 and SIDE - y <= heights[x // 2]
            bits = bits << 1 | (not is_bar)
        lines += b"\0" + bits.to_bytes(SIDE // 8)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(rng: random.Random) -> bytes:
    """Four grey squares (baseline JPEG, ITU T.81): of each block only the mean is coded."""
    bits, before = "", 0
    for _ in range(4):
        level = rng.randrange(-60, 60)
        step, before = level - before, level
        size = abs(step).bit_length()
        bits += f"{size:04b}"  # the code of a size is the size itself, in four bits
        if size:
            bits += f"{step if step > 0 else step + (1 << size) - 1:0{size}b}"
        bits += "0"  # the end of the block
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, b"\0" + b"\x10" * 64),
            _segment(0xC0, struct.pack(">BHHB", 8, SIDE, SIDE, 1) + b"\1\x11\0"),
            _segment(0xC4, b"\0" + bytes((0, 0, 0, 12, *[0] * 12)) + bytes(range(12))),
            _segment(0xC4, b"\x10" + bytes((1, *[0] * 15)) + b"\0"),
            _segment(0xDA, b"\1\1\0\0\x3f\0") + scan,
            b"\xff\xd9",
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def pdf(lines: Sequence[str]) -> bytes:
    """One page that says `lines` (PDF 1.4), with a table of where its objects stand."""
    said = b" ".join(b"(%s) Tj T*" % _pdf_text(line) for line in lines)
    page = b"BT /F1 12 Tf 16 TL 56 740 Td %s ET" % said
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    written, table = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj%s endobj\n" % (number, body)
    size = len(objects) + 1
    end = b"xref\n0 %d\n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return written + end % (size, table, size, len(written))


def _pdf_text(line: str) -> bytes:
    plain = line.encode("latin-1", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def archive(members: Mapping[str, str]) -> bytes:
    """A zip archive of texts by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            packed.writestr(info, text, zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


_OFFICE = "http://schemas.openxmlformats.org"
_TYPES = (
    f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_RELATIONS = f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
_OF = "application/vnd.openxmlformats-officedocument"


def docx(lines: Sequence[str]) -> bytes:
    """A word-processing document of one paragraph a line (ECMA-376)."""
    said = "".join(f"<w:p><w:r><w:t>{_xml(line)}</w:t></w:r></w:p>" for line in lines)
    main = f"{_OF}.wordprocessingml.document.main+xml"
    return archive(
        {
            "[Content_Types].xml": f'{_TYPES}<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": _related("word/document.xml"),
            "word/document.xml": f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main">'
            f"<w:body>{said}</w:body></w:document>",
        }
    )


def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet (ECMA-376)."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{_xml(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main = f"{_OFFICE}/spreadsheetml/2006/main"
    book, sheet = f"{_OF}.spreadsheetml.sheet.main+xml", f"{_OF}.spreadsheetml.worksheet+xml"
    return archive(
        {
            "[Content_Types].xml": f'{_TYPES}<Override PartName="/xl/workbook.xml" ContentType="{book}"/>'
            f'<Override PartName="/xl/sheet1.xml" ContentType="{sheet}"/></Types>',
            "_rels/.rels": _related("xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}/officeDocument/2006/relationships">'
            '<sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _related("sheet1.xml", "worksheet"),
            "xl/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        }
    )


def _related(target: str, kind: str = "officeDocument") -> str:
    kind = f"{_OFFICE}/officeDocument/2006/relationships/{kind}"
    return f'{_RELATIONS}<Relationship Id="r1" Type="{kind}" Target="{target}"/></Relationships>'


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
