from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import ConfigError
from callwright.records import Schema, Tool
from callwright.tools.embeddings import Words
from callwright.tools.load import builtin
from callwright.tools.relations import Edge, Relations
from callwright.tools.relations_build import relate
from callwright.tools.settings import RelationSettings

STRING: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _tool(name: str, arguments: Schema, gives: Schema | None = None, **more: Any) -> Tool:
    return Tool(name=name, description=more.pop("description", name), parameters=arguments, returns=gives, **more)


CREATE = _tool(
    "create_issue",
    _object(("title",), title=STRING),
    _object(number=NUMBER, url=STRING),
    toolkit="hub",
    action="create",
    mutates=True,
    method="POST",
    path="/issues",
)
CLOSE = _tool(
    "close_issue",
    _object(("issue_number",), issue_number=NUMBER),
    toolkit="hub",
    action="update",
    mutates=True,
    method="POST",
    path="/issues/{issue_number}/close",
)


def _edges(*tools: Tool, **settings_: Any) -> list[Edge]:
    return list(relate(tools, RelationSettings(**settings_), texts=Words()).edges)


def _fed(edges: list[Edge]) -> set[tuple[int, str, int, str]]:
    return {(one.source, one.result, one.target, one.argument) for one in edges if one.reason == "result"}


def test_a_result_field_feeds_the_argument_that_names_its_thing() -> None:
    assert (0, "/number", 1, "/issue_number") in _fed(_edges(CREATE, CLOSE))


def test_the_edge_runs_from_who_gives_to_who_takes() -> None:
    assert not any(edge.source == 1 for edge in _edges(CREATE, CLOSE) if edge.reason == "result")


def test_the_content_of_a_thing_is_not_the_thing() -> None:
    page = _object(id=STRING, content=STRING, data=STRING)
    tools = (
        _tool("list_pages", _object(), page, path="/pages"),
        _tool("get_page", _object(page_id=STRING), path="/pages/{page_id}"),
    )
    assert [edge.result for edge in relate(tools).edges if edge.reason == "result"] == ["/id"]


def test_items_at_the_end_of_a_path_are_parts_of_what_stands_before() -> None:
    tools = (
        _tool("list_items", _object(order_id=STRING), _object(id=STRING), path="/orders/{order_id}/items"),
        _tool("get_order", _object(order_id=STRING), path="/orders/{order_id}"),
        _tool("get_order_item", _object(order_item_id=STRING)),
    )
    fed = {edge.target for edge in relate(tools).edges if edge.reason == "result" and edge.result == "/id"}
    assert fed == {2}


def test_a_name_is_handed_on_before_a_display_name() -> None:
    tools = (
        _tool("list_images", _object(), _object(display_name=STRING, name=STRING), path="/images"),
        _tool("get_image", _object(image_name=STRING), path="/images/{image_name}"),
    )
    assert [edge.result for edge in relate(tools).edges if edge.reason == "result"] == ["/name"]


def test_another_type_is_no_edge() -> None:
    text = CLOSE.model_copy(update={"parameters": _object(("issue_number",), issue_number=STRING)})
    assert not _fed(_edges(CREATE, text))


def test_an_identifier_is_worth_nothing_in_another_toolkit() -> None:
    foreign = CLOSE.model_copy(update={"toolkit": "other"})
    assert not _fed(_edges(CREATE, foreign))


def test_a_mail_address_goes_into_other_toolkits() -> None:
    find = _tool("find_contact", _object(name=STRING), _object(email=STRING), toolkit="crm", action="search")
    send = _tool("send_mail", _object(("to",), to={"type": "string", "format": "email"}), toolkit="mail")
    assert (0, "/email", 1, "/to") in _fed(_edges(find, send))


def test_to_is_a_mail_address_only_where_it_says_so() -> None:
    gives = _tool("get_me", _object(), _object(email=STRING), toolkit="people")
    for said, fed in (("Recipient's e-mail", True), ("The phone number to call", False), ("End date", False)):
        takes = _tool("find", _object(to={**STRING, "description": said}), toolkit="other")
        assert bool(_fed(_edges(gives, takes))) is fed


def test_an_item_of_a_listed_result_is_named_by_its_first() -> None:
    gives = {"type": "array", "items": _object(id=STRING)}
    listing = _tool("list_orders", _object(), gives, action="list", method="GET", path="/orders")
    read = _tool("get_order", _object(("id",), id=STRING), action="read", method="GET", path="/orders/{id}")
    assert (0, "/0/id", 1, "/id") in _fed(_edges(listing, read))


def test_results_told_in_prose_count() -> None:
    create = CREATE.model_copy(update={"returns": None, "returns_text": "Created issue number and URL"})
    assert (0, "/issue_number", 1, "/issue_number") in _fed(_edges(create, CLOSE))


def test_the_name_that_a_new_thing_gets_is_not_fed() -> None:
    listing = _tool("list_repos", _object(), _object(name=STRING), action="list", method="GET", path="/repos")
    create = _tool("create_repo", _object(("name",), name=STRING), action="create", method="POST", path="/repos")
    assert not _fed(_edges(listing, create))


def test_what_every_tool_of_a_toolkit_takes_weighs_less() -> None:
    def catalog(takers: int) -> list[Edge]:
        listing = _tool("list_accounts", _object(), _object(id=STRING), action="list", path="/accounts", toolkit="k")
        taking = _object(("account_id",), account_id=STRING)
        takes = [_tool(f"do_{n}", taking, path=f"/things{n}", toolkit="k") for n in range(takers)]
        others = [_tool(f"else_{n}", _object(), path=f"/other{n}", toolkit="k") for n in range(30 - takers)]
        return _edges(listing, *takes, *others)

    few, many = (max(edge.weight for edge in catalog(count) if edge.reason == "result") for count in (2, 30))
    assert many < few / 2


def test_page_tokens_link_nothing() -> None:
    gives = _object(next_page_token=STRING, page=NUMBER, limit=NUMBER)
    takes = _object(("page_token",), page_token=STRING, page=NUMBER, limit=NUMBER)
    assert not _fed(_edges(*(_tool(f"list_{what}", takes, gives, toolkit="k") for what in ("cats", "dogs"))))


def test_both_take_the_same_thing() -> None:
    edges = _edges(CLOSE, CLOSE.model_copy(update={"name": "pin_issue", "path": "/pins/{issue_number}"}))
    assert any(edge.reason == "argument" and edge.label == "issue number" for edge in edges)


def test_one_resource_links_its_tools() -> None:
    edges = _edges(CREATE, _tool("drop_issue", _object(), toolkit="hub", method="DELETE", path="/issues/{n}"))
    assert any(edge.reason == "resource" and edge.label == "/issues" for edge in edges)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(0, 4))
def test_every_tool_has_its_floor_of_neighbours(count: int, floor: int) -> None:
    words = ("mail", "tree", "cloud", "stone", "river", "music", "paint", "train", "coin")
    tools = [_tool(f"{word}_one", _object(), description=f"About {word}") for word in words[:count]]
    relations = Relations(tuple(tools), tuple(_edges(*tools, neighbours=floor)))
    near = [{edge.source, edge.target} for edge in relations.edges]
    for at in range(count):
        assert len(set().union(*(pair for pair in near if at in pair)) - {at}) >= min(floor, count - 1)


def test_two_versions_of_one_tool_are_no_neighbours_by_likeness() -> None:
    same = [
        _tool("get_tide", _object(), description="Tide at a harbour").model_copy(update={"name": n}) for n in ("a", "b")
    ]
    tools = [one.model_copy(update={"name": "get_tide", "toolkit": kit}) for one, kit in zip(same, "xy", strict=True)]
    others = [_tool(word, _object(), description=word, toolkit=word) for word in ("apple", "bridge", "candle")]
    edges = _edges(*tools, *others, neighbours=1)
    assert not any({edge.source, edge.target} == {0, 1} for edge in edges)


def test_the_built_in_registry_holds_together() -> None:
    tools = builtin().tools
    relations = relate(tools, texts=Words())
    names = {(tools[e.source].name, tools[e.target].name) for e in relations.edges if e.reason == "result"}
    assert {("create_calendar_event", "cancel_calendar_event"), ("search_contacts", "send_email")} <= names


def test_no_edge_joins_a_tool_with_itself_and_every_pointer_exists() -> None:
    tools = builtin().tools
    for edge in relate(tools, texts=Words()).edges:
        assert edge.source != edge.target
        assert 0 < edge.weight <= 1
        if edge.reason == "result":
            assert edge.argument.split("/")[1] in tools[edge.target].parameters["properties"]
            assert edge.result.split("/")[1] in (tools[edge.source].returns or {})["properties"]


HOSTILE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4), st.just({"type": "string"})),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["properties", "items", "type", "required", "enum", "a", "id", "a/b~"]), inner),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, st.text(max_size=12))
def test_any_schema_at_all_gives_a_graph(arguments: Any, gives: Any, path: str) -> None:
    schemas = [value if isinstance(value, dict) else {} for value in (arguments, gives)]
    tools = [_tool(f"t{n}", schemas[0], schemas[1] or None, path=path, toolkit="k") for n in range(2)]
    relate(tools, texts=Words())
    relate(tools, RelationSettings(method="toolflow"), texts=Words())


def test_toolflow_links_equal_texts_whatever_their_type() -> None:
    taking = _object(city={"type": "string", "description": "Name of the city"})
    giving = _object(city={"type": "integer", "description": "Name of the city"})
    tools = [_tool("a", taking), _tool("b", _object(), giving), _tool("c", _object(), giving), _tool("d", taking)]
    edges = _edges(*tools, method="toolflow")
    linked = {(edge.source, edge.target, edge.reason) for edge in edges}
    assert linked == {(1, 0, "result"), (2, 0, "result"), (0, 3, "argument"), (1, 3, "result"), (2, 3, "result")}


def test_toolflow_has_no_floor() -> None:
    assert not _edges(_tool("a", _object(x=STRING)), _tool("b", _object(velocity=STRING)), method="toolflow")


def test_tau_is_a_setting() -> None:
    tools = (_tool("a", _object(user_name=STRING)), _tool("b", _object(user_names=STRING)))
    counts = [len(_edges(*tools, method="toolflow", tau=tau)) for tau in (0.3, 0.99)]
    assert counts == [1, 0]


def test_an_unknown_encoder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path))
    with pytest.raises(ConfigError, match="encoder 'bert' is not known"):
        relate([CREATE], RelationSettings(encoder="bert"))


def test_without_weights_words_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path))
    assert _fed(list(relate([CREATE, CLOSE]).edges))
