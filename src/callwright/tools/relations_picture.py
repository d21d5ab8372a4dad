"""A tool graph made ready to be drawn: points, colours, names of communities, the edges worth drawing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from callwright.tools.relations import Edge, Relations
from callwright.tools.relations_communities import communities
from callwright.tools.relations_fields import resource_of
from callwright.tools.relations_layout import layout
from callwright.tools.relations_statistics import Statistics, measure, neighbours

MOST_DRAWN = 12_000
"""Edges in a picture, the strongest of every tool first."""
NAMED = 90
"""Up to so many tools each bears its name and all lie together; otherwise communities lie apart and bear names."""
COLOURED = 24
"""Communities with a colour of their own; the rest are grey."""
GREY = "#8b93a7"


@dataclass(frozen=True)
class Dot:
    """One tool."""

    x: float
    y: float
    radius: float
    colour: str
    community: int


@dataclass(frozen=True)
class Cluster:
    """One community."""

    name: str
    colour: str
    tools: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Picture:
    relations: Relations
    dots: tuple[Dot, ...]
    """In the order of the tools."""
    clusters: tuple[Cluster, ...]
    """The largest first; those of one tool are left out."""
    drawn: tuple[Edge, ...]
    statistics: Statistics


def picture(relations: Relations, most_drawn: int = MOST_DRAWN) -> Picture:
    """Everything that a drawing needs. Lengths are in distances between two tools."""
    groups = communities(relations)
    small = len(relations.tools) <= NAMED
    points = layout(relations, [0] * len(groups) if small else groups).round(2).tolist()
    degrees = [len(near) for near in neighbours(len(relations.tools), relations.edges)]
    colours = palette(min(COLOURED, max(groups, default=0) + 1))
    dots = tuple(
        Dot(x, y, round(0.16 + 0.055 * min(3.5, math.sqrt(degree)), 3), _colour(colours, group), group)
        for (x, y), degree, group in zip(points, degrees, groups, strict=True)
    )
    return Picture(
        relations, dots, _clusters(relations, dots), _worth_drawing(relations, most_drawn), measure(relations)
    )


def palette(count: int) -> list[str]:
    """So many colours of equal lightness, neighbours in the list far apart in hue (OKLCH, golden angle)."""
    return [_oklch(0.76 if number % 2 else 0.70, 0.135, (28 + number * 137.508) % 360) for number in range(count)]


def _colour(colours: Sequence[str], group: int) -> str:
    return colours[group] if group < len(colours) else GREY


def _oklch(lightness: float, chroma: float, hue: float) -> str:
    """A colour of Björn Ottosson's OKLab as #rrggbb."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_, m_, s_ = (
        (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    )
    linear = (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )
    levels = (12.92 * c if c <= 0.0031308 else 1.055 * max(c, 0) ** (1 / 2.4) - 0.055 for c in linear)
    return "#" + "".join(f"{round(255 * min(1, max(0, level))):02x}" for level in levels)


def _clusters(relations: Relations, dots: Sequence[Dot]) -> tuple[Cluster, ...]:
    members: dict[int, list[int]] = {}
    for at, dot in enumerate(dots):
        members.setdefault(dot.community, []).append(at)
    groups = [members[group] for group in sorted(members) if len(members[group]) > 1]
    found = []
    for name, inside in zip(_names(relations, groups), groups, strict=True):
        xs, ys = [dots[at].x for at in inside], [dots[at].y for at in inside]
        x, y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
        reach = max(math.hypot(dots[at].x - x, dots[at].y - y) for at in inside)
        found.append(Cluster(name, dots[inside[0]].colour, len(inside), round(x, 2), round(y, 2), round(reach, 2)))
    return tuple(found)


def _names(relations: Relations, groups: Sequence[Sequence[int]]) -> list[str]:
    """What most of each community is: its toolkits; where several are of one toolkit, its resource too, none twice."""
    tools = relations.tools
    one = len({tool.toolkit for tool in tools}) == 1
    kits = ["" if one else _usual(Counter(tools[at].toolkit or "no toolkit" for at in group)) for group in groups]
    taken: dict[str, set[str]] = {}
    names = []
    for kit, group in zip(kits, groups, strict=True):
        thing = ""
        if one or kits.count(kit) > 1:
            things = Counter(resource_of(tools[at]) or "other" for at in group)
            thing = _usual(things, taken.setdefault(kit, set()))
            taken[kit].add(thing)
        names.append(" · ".join(part for part in (kit, thing) if part))
    return names


def _usual(words: Counter[str], taken: Container[str] = ()) -> str:
    """The one or two words that make up most of a list; one that is not taken, as long as there is one."""
    (first, _), *others = words.most_common(2)
    second = [word for word, count in others if count >= max(1, 0.3 * words.total())]
    usual = " + ".join([first, *second])
    if usual not in taken:
        return usual
    return next((word for word, _ in words.most_common() if word not in taken), usual)


def _worth_drawing(relations: Relations, most: int) -> tuple[Edge, ...]:
    """The strongest edges of every tool, rank by rank, until there are enough."""
    chosen: dict[Edge, None] = {}
    rank = 0
    while len(chosen) < most:
        layer = [edges[rank] for edges in relations.touching if len(edges) > rank]
        if not layer:
            break
        for edge in sorted(layer, key=lambda edge: (-edge.weight, edge)):
            if len(chosen) < most:
                chosen[edge] = None
        rank += 1
    return tuple(chosen)
