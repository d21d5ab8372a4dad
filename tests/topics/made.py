"""Topics that hypothesis makes up, and a model that answers noise."""

from __future__ import annotations

import itertools
import json
import random

from hypothesis import strategies as st

from callwright.records import Request
from callwright.topics.model import Topics

_NAMES = st.sampled_from(["a", "b", "c", "d d", "é", "x > y"])
_PATHS = st.lists(st.lists(_NAMES, min_size=1, max_size=4).map(lambda path: ("root", *path)), min_size=1, max_size=12)


@st.composite
def _graphs(draw: st.DrawFn) -> Topics:
    """A tree whose nodes may have further parents on the levels above, as a grown graph has."""
    tree = draw(TREES)
    links = {}
    for node in tree.nodes:
        above = [other.id for other in tree.nodes if other.level < node.level and tree.children[other.id]]
        if len(above) > 1 and draw(st.booleans()):
            links[node.id] = [draw(st.sampled_from(above))]
    return tree.linked(links)


TREES = _PATHS.map(Topics.of_paths)
GRAPHS = _graphs()

_WORDS = [
    "".join(pair) for pair in itertools.product(("bar", "cul", "den", "fos", "gim"), ("ket", "lom", "nis", "praw"))
]


def noise(request: Request) -> str:
    """Words without sense within the request's schema, from its seed alone."""
    assert request.constraint is not None
    assert isinstance(request.constraint.body, dict)
    rng = random.Random(request.seed)
    ((name, array),) = request.constraint.body["properties"].items()
    if choices := array["items"].get("enum"):
        return json.dumps({name: [rng.choice(choices) for _ in range(rng.randint(0, array["maxItems"]))]})
    texts = (" ".join(rng.choices(_WORDS, k=rng.randint(2, 9))) for _ in range(array["minItems"]))
    return json.dumps({name: [text[: array["items"]["maxLength"]] for text in texts]})
