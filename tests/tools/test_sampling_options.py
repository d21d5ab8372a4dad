from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.records import Schema, Tool
from callwright.tools.sampling_options import schedule

NAMES = st.text("abc/~", min_size=1, max_size=3)
LEAVES = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "boolean"}),
    st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True).map(lambda values: {"enum": values}),
)


def _object(children: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def build(properties: dict[str, Schema], share: float) -> Schema:
        required = sorted(properties)[: int(share * len(properties))]
        return {"type": "object", "properties": properties, "required": required}

    return st.builds(build, st.dictionaries(NAMES, children, max_size=4), st.floats(0, 1))


def _pointers(schema: Schema, at: str = "", depth: int = 3) -> dict[str, tuple[Schema, bool]]:
    found: dict[str, tuple[Schema, bool]] = {}
    if depth:
        for name, child in schema.get("properties", {}).items():
            pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            found[pointer] = (child, name in schema["required"])
            found |= _pointers(child, pointer, depth - 1)
    return found


@settings(max_examples=80, deadline=None)
@given(_object(st.one_of(LEAVES, _object(LEAVES))))
def test_every_optional_property_and_every_enum_value_gets_its_turn(schema: Schema) -> None:
    tool = Tool(name="t", parameters=schema)
    pointers = _pointers(schema)
    optional = {pointer for pointer, (_, required) in pointers.items() if not required}
    round_ = len(optional) + 1
    assert {one for use in range(round_) for one in schedule(tool, use).optional} == optional

    shown: dict[str, set[object]] = {}
    for use in range(4 * round_):
        options = schedule(tool, use)
        for pointer, value in options.values.items():
            if pointer not in optional or pointer in options.optional:
                shown.setdefault(pointer, set()).add(value)
    for pointer, (child, _) in pointers.items():
        values = child.get("enum") or ([True, False] if child.get("type") == "boolean" else [])
        assert shown.get(pointer, set()) == set(values)


def test_one_use_in_a_round_fills_nothing_optional() -> None:
    tool = Tool(
        name="t", parameters={"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    )
    assert sum(not schedule(tool, use).optional for use in range(9)) == 3


def test_the_same_use_fills_the_same() -> None:
    tool = Tool(name="t", parameters={"type": "object", "properties": {"mode": {"enum": ["x", "y", None]}}})
    assert [schedule(tool, 5), schedule(tool, 5)] == [schedule(tool, 5)] * 2
    assert all(schedule(tool, use).values["/mode"] in ("x", "y") for use in range(6))
