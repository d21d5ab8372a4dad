"""A tool graph as an SVG file: communities by colour, reasons in the tooltips, nothing loaded from anywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import escape

from callwright.tools.relations import Edge, Reason
from callwright.tools.relations_picture import NAMED, Cluster, Dot, Picture

UNIT = 24
"""Pixels between two tools."""
_MARGIN, _HEAD = 70, 96
_BACK, _INK, _FAINT = "#0f1420", "#e8ebf4", "#9aa3b8"
_STROKES: dict[Reason, tuple[float, float]] = {
    "result": (1.3, 0.75), "argument": (0.7, 0.3), "resource": (0.6, 0.22), "similar": (0.6, 0.16),
}  # fmt: skip
"""Reason -> (width, opacity)."""
_FONT = "font-family='Inter, Segoe UI, Helvetica, Arial, sans-serif'"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def svg(picture: Picture, title: str) -> str:
    """The drawing as text."""
    unit = UNIT * (4.6 if len(picture.dots) <= NAMED else 1.0)
    frame = _Frame(picture, unit)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{frame.width:.0f}' height='{frame.height:.0f}' "
        f"viewBox='0 0 {frame.width:.0f} {frame.height:.0f}' {_FONT}>",
        f"<rect width='100%' height='100%' fill='{_BACK}'/>",
        *_heading(picture, title),
        *(_halo(cluster, frame) for cluster in picture.clusters if len(picture.dots) > NAMED),
        *(_line(edge, picture, frame) for edge in reversed(picture.drawn)),
        *(_circle(at, dot, picture, frame) for at, dot in enumerate(picture.dots)),
        *_names(picture, frame),
        "</svg>",
    ]
    return "\n".join(parts)


class _Frame:
    """From the picture's lengths to pixels."""

    def __init__(self, picture: Picture, unit: float) -> None:
        self.unit = unit
        self.named = len(picture.dots) <= NAMED
        rims = [(dot.x, dot.y, 0.0) for dot in picture.dots] or [(0.0, 0.0, 0.0)]
        rims += [(one.x, one.y, one.radius) for one in picture.clusters if not self.named]
        xs = [x + side * reach for x, _, reach in rims for side in (-1, 1)]
        ys = [y + side * reach for _, y, reach in rims for side in (-1, 1)]
        self._left, self._top = min(xs), min(ys)
        self.width = max(620.0, (max(xs) - min(xs)) * unit + 2 * _MARGIN)
        self.height = (max(ys) - min(ys)) * unit + 2 * _MARGIN + _HEAD
        self._shift = (self.width - (max(xs) - min(xs)) * unit) / 2

    def radius(self, dot: Dot) -> float:
        return dot.radius * min(self.unit, 34)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._left) * self.unit + self._shift, (y - self._top) * self.unit + _MARGIN + _HEAD


def _heading(picture: Picture, title: str) -> Iterator[str]:
    found = picture.statistics
    fed = 1 - found.unfed
    line = (
        f"{found.tools:,} tools · {found.edges:,} edges · {found.communities:,} communities · largest component "
        f"{found.giant:.0%} · isolated {found.isolated:.1%} · with a result → argument edge {fed:.0%}"
    )
    yield f"<text x='28' y='46' font-size='24' font-weight='600' fill='{_INK}'>{_text(title)}</text>"
    yield f"<text x='28' y='72' font-size='13' fill='{_FAINT}'>{_text(line)}</text>"


def _halo(cluster: Cluster, frame: _Frame) -> str:
    x, y = frame.at(cluster.x, cluster.y)
    radius = (cluster.radius + 0.55) * frame.unit
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius:.1f}' fill='{cluster.colour}' fill-opacity='0.055'/>"


def _line(edge: Edge, picture: Picture, frame: _Frame) -> str:
    source, target = picture.dots[edge.source], picture.dots[edge.target]
    (x1, y1), (x2, y2) = frame.at(source.x, source.y), frame.at(target.x, target.y)
    far = math.hypot(x2 - x1, y2 - y1) or 1.0
    bend = 0.14 if edge.reason == "result" else 0.05
    mx, my = (x1 + x2) / 2 - (y2 - y1) * bend, (y1 + y2) / 2 + (x2 - x1) * bend
    width, opacity = _STROKES[edge.reason]
    width *= 1.4 if frame.named else 1.0
    if source.community != target.community:
        opacity *= 0.8 if frame.named else 0.35
    colour = source.colour if edge.reason == "result" else "#aab3c8"
    path = f"M{x1:.1f} {y1:.1f}Q{mx:.1f} {my:.1f} {x2:.1f} {y2:.1f}"
    style = f"stroke='{colour}' stroke-width='{width}' stroke-opacity='{opacity * (0.4 + 0.6 * edge.weight):.2f}'"
    drawn = f"<path d='{path}' fill='none' {style}><title>{_text(reason(edge, picture))}</title></path>"
    return drawn + (_arrow(x2 - mx, y2 - my, x2, y2, target, colour, opacity, frame) if far > 14 else "")


def _arrow(dx: float, dy: float, x: float, y: float, target: Dot, colour: str, opacity: float, frame: _Frame) -> str:
    """The head of a result -> argument edge, at the rim of its target."""
    if opacity < 0.25:
        return ""
    far = math.hypot(dx, dy) or 1.0
    ux, uy = dx / far, dy / far
    tip = frame.radius(target) + 1
    size = 8.0 if frame.named else 5.0
    bx, by = x - ux * (tip + size), y - uy * (tip + size)
    points = (
        (x - ux * tip, y - uy * tip),
        (bx - uy * size * 0.45, by + ux * size * 0.45),
        (bx + uy * size * 0.45, by - ux * size * 0.45),
    )
    where = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    return f"<polygon points='{where}' fill='{colour}' fill-opacity='{min(1, opacity + 0.15):.2f}'/>"


def _circle(at: int, dot: Dot, picture: Picture, frame: _Frame) -> str:
    x, y = frame.at(dot.x, dot.y)
    radius = frame.radius(dot)
    tool = picture.relations.tools[at]
    said = f"{tool.name}\n{tool.toolkit}\n{tool.description[:160]}"
    place = f"cx='{x:.1f}' cy='{y:.1f}' r='{radius:.1f}'"
    return (
        f"<circle {place} fill='{dot.colour}' stroke='{_BACK}' stroke-width='1'><title>{_text(said)}</title></circle>"
    )


def _names(picture: Picture, frame: _Frame) -> Iterator[str]:
    halo = f"paint-order='stroke' stroke='{_BACK}' stroke-width='3.5' stroke-linejoin='round'"
    if frame.named:
        for at, dot in enumerate(picture.dots):
            x, y = frame.at(dot.x, dot.y)
            down = frame.radius(dot) + 13
            name = _text(picture.relations.tools[at].name)
            style = f"font-size='11.5' text-anchor='middle' fill='{_INK}' {halo}"
            yield f"<text x='{x:.1f}' y='{y + down:.1f}' {style}>{name}</text>"
        return
    for cluster in picture.clusters[:60]:
        if cluster.tools < 4:
            break
        x, y = frame.at(cluster.x, cluster.y)
        size = min(30.0, 9 + 1.5 * math.sqrt(cluster.tools))
        style = f"font-size='{size:.1f}' font-weight='600' text-anchor='middle' fill='{_INK}' {halo}"
        yield f"<text x='{x:.1f}' y='{y + size / 3:.1f}' {style}>{_text(cluster.name)}</text>"


def reason(edge: Edge, picture: Picture) -> str:
    """An edge in words: who, whom, why."""
    source, target = (picture.relations.tools[at].name for at in (edge.source, edge.target))
    match edge.reason:
        case "result":
            return f"{source} {edge.result or '/'} → {target} {edge.argument}: {edge.label} ({edge.weight:.2f})"
        case "argument":
            return f"{source} and {target} take the same {edge.label} ({edge.weight:.2f})"
        case "resource":
            return f"{source} and {target} work on {edge.label}"
        case _:
            return f"{source} and {target} {edge.label}"


def _text(text: str) -> str:
    return escape(_CONTROL.sub("", text), quote=True)
