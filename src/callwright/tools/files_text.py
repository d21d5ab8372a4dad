"""Small files of text formats: a few lines that somebody could have written."""

from __future__ import annotations

import csv
import io
import json
from html import escape
from typing import TYPE_CHECKING

from callwright.tools import words

if TYPE_CHECKING:
    from callwright.tools.values import Values

_OPENINGS = ("Notes on", "Status of", "Changes to", "Open points of", "Plan for")
_POINTS = (
    "{name} checks the {thing} before the next release.",
    "The {thing} was slow on {day}; the cause is known.",
    "{name} has asked twice for the numbers of {day}.",
    "Two customers could not use the {thing}.",
    "The {thing} goes live on {day}.",
    "Costs came to {amount} dollars.",
)


def title(values: Values) -> str:
    return f"{values.rng.choice(_OPENINGS)} {values.rng.choice(words.MODULES)}"


def lines(values: Values, count: int = 2) -> list[str]:
    """So many sentences, each a line."""
    return [
        values.rng.choice(_POINTS).format(
            name=values.letters().capitalize(),
            thing=values.rng.choice(words.MODULES),
            day=f"{values.day():%Y-%m-%d}",
            amount=values.rng.randrange(20, 900),
        )
        for _ in range(count)
    ]


def table(values: Values, count: int = 3) -> list[list[str]]:
    """A head and so many rows."""
    rows = [
        [f"{values.day():%Y-%m-%d}", values.faker.company(), str(values.rng.randrange(20, 900))] for _ in range(count)
    ]
    return [["date", "customer", "amount"], *rows]


def text(values: Values) -> str:
    return "\n".join([title(values), "", *lines(values)]) + "\n"


def markdown(values: Values) -> str:
    return "\n".join([f"# {title(values)}", "", *(f"- {line}" for line in lines(values))]) + "\n"


def separated(values: Values, between: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=between, lineterminator="\n").writerows(table(values))
    return written.getvalue()


def tabbed(values: Values) -> str:
    return separated(values, "\t")


def as_json(values: Values) -> str:
    head, *rows = table(values, 2)
    return json.dumps([dict(zip(head, row, strict=True)) for row in rows], ensure_ascii=False, indent=1) + "\n"


def json_lines(values: Values) -> str:
    head, *rows = table(values, 2)
    return "".join(json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)


def yaml(values: Values) -> str:
    module = values.rng.choice(words.MODULES)
    size, host = values.rng.randrange(2, 9), values.rng.choice(words.DOMAINS)
    return f"service: {module}\nreplicas: {size}\nhost: {module}.{host}\nlog: warning\n"


def html(values: Values) -> str:
    said = "".join(f"<p>{escape(line)}</p>\n" for line in lines(values))
    heading = escape(title(values))
    return f"<!DOCTYPE html>\n<html><head><title>{heading}</title></head>\n<body>\n{said}</body></html>\n"


def xml(values: Values) -> str:
    head, *rows = table(values, 2)
    told = (" ".join(f'{name}="{escape(cell)}"' for name, cell in zip(head, row, strict=True)) for row in rows)
    return "<orders>\n" + "".join(f"  <order {one}/>\n" for one in told) + "</orders>\n"


def svg(values: Values) -> str:
    bars = "".join(
        f'<rect x="{x * 4}" y="{16 - high}" width="3" height="{high}"/>'
        for x, high in enumerate(values.rng.randrange(2, 16) for _ in range(4))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{bars}</svg>\n'


def python(values: Values) -> str:
    name = values.rng.choice(words.MODULES).replace("-", "_")
    limit = values.rng.randrange(2, 90)
    return f"LIMIT = {limit}\n\n\ndef load_{name}(items):\n    return items[:LIMIT]\n"


def calendar(values: Values) -> str:
    """One event (RFC 5545)."""
    day = f"{values.day():%Y%m%d}"
    event = ("BEGIN:VEVENT", f"UID:{day}@{values.rng.choice(words.DOMAINS)}", f"DTSTAMP:{day}T080000Z",
             f"DTSTART:{day}T090000Z", f"SUMMARY:{title(values)}", "END:VEVENT")  # fmt: skip
    wrapped = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//EN", *event, "END:VCALENDAR")
    return "\r\n".join(wrapped) + "\r\n"
