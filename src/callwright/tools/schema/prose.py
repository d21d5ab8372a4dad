"""Descriptions written for a web page become plain sentences: no markup, one line, cut at the end of a sentence."""

from __future__ import annotations

import functools
import html
import re

_MARKED = re.compile(r"[<\[*#`&_|\\]")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_IMAGE = re.compile(r"!\[[^\]]{0,200}\]\([^)]{0,500}\)")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\([^()\s]{0,500}(?:\s\"[^\"]{0,200}\")?\)")
_REFERENCE = re.compile(r"\[([^\[\]]{1,300})\]\[[^\[\]]{0,100}\]")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1")
_HEADING = re.compile(r"(?m)^\s{0,3}#{1,6}\s+|^\s*```\w*\s*$|^\s*[-=|:]{3,}\s*$")
_PARAGRAPH = re.compile(r"(?<=[\w)])[ \t*_`]*(?:\r?\n[ \t]*){2,}(?=\w)")
_END = re.compile(r"[.!?](?=\s|$)")


@functools.lru_cache(maxsize=16384)
def sentences(text: str, longest: int) -> str:
    """The text as plain sentences, at most `longest` characters."""
    text = text[: longest * 6]
    if _MARKED.search(text):
        text = _unmarked(text)
    if "\n" in text:
        text = _PARAGRAPH.sub(". ", text)
    return shortened(" ".join(text.split()), longest)


def shortened(text: str, longest: int) -> str:
    """The text up to the last sentence, else the last word, that ends within `longest` characters."""
    if len(text) <= longest:
        return text
    ends = [match.end() for match in _END.finditer(text, 0, longest)]
    if ends and ends[-1] > longest // 3:
        return text[: ends[-1]]
    return text[: longest - 1].rpartition(" ")[0].rstrip(" ,;:") + "…" if " " in text[:longest] else text[:longest]


def _unmarked(text: str) -> str:
    text = _HEADING.sub(" ", text)
    text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
    text = _REFERENCE.sub(r"\1", text)
    text = html.unescape(_TAG.sub(" ", text))
    return _STRONG.sub(r"\2", text).replace("\\_", "_")
