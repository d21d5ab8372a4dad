from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import SourceError
from callwright.records import Tool
from callwright.tools.embeddings import Words
from callwright.tools.index import Table, write_table
from callwright.tools.search import Search
from callwright.tools.search_bundles import suggest_bundle
from callwright.tools.search_meaning import Signs, Whole
from callwright.tools.search_text import asked_words

SCHEMA = {"type": "object", "properties": {"id": {"type": "string", "description": 'Größe, "q"'}}}
SAID = (
    ("stripe", "create_refund", "Refund a payment in full or in part"),
    ("stripe", "list_charges", "Lists charges"),
    ("slack", "post_message", "Sends a message to a channel"),
    ("sheets", "append_values", "Adds rows to a spreadsheet"),
    ("mail", "send_message", "Sends a mail to its recipients"),
)
TOOLS = [
    Tool(name=name, description=said, parameters=SCHEMA, returns=SCHEMA, toolkit=kit, action="create", mutates=True)
    for kit, name, said in SAID
]


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.parquet"
    write_table([(f"{tool.toolkit}.com", tool) for tool in TOOLS], path, encode=False)
    return path


def test_a_table_gives_back_what_was_written(table: Path) -> None:
    assert Table(table).tools() == TOOLS


def test_tools_are_taken_by_name_and_by_toolkit(table: Path) -> None:
    found = Table(table).tools(names=["send_message"], toolkits=["stripe"])
    assert [tool.name for tool in found] == ["create_refund", "list_charges", "send_message"]


def test_toolkits_are_counted_in_their_order(table: Path) -> None:
    kits = [tuple(kit) for kit in Table(table).toolkits()]
    assert kits == [
        ("stripe", "stripe.com", 2),
        ("slack", "slack.com", 1),
        ("sheets", "sheets.com", 1),
        ("mail", "mail.com", 1),
    ]


def test_a_file_that_is_no_table_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_text("no parquet")
    with pytest.raises(SourceError, match=r"x\.parquet: is no catalog: [^\n]+$"):
        Table(tmp_path / "x.parquet")


def test_a_missing_table_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.parquet: cannot be read"):
        Search.of_table(tmp_path / "none.parquet")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("refund a payment", "create_refund"),
        ("add a row to my spreadsheets", "append_values"),
        ("mail someone", "send_message"),
    ],
)
def test_a_tool_is_found_by_what_it_does(table: Path, query: str, name: str) -> None:
    for search in (Search.of_table(table), Search.of_tools(TOOLS)):
        assert search.find(query)[0].tool.name == name


def test_the_index_on_disk_is_made_once(table: Path, tmp_path: Path) -> None:
    first = Search.of_table(table).find("message")
    kept = list((tmp_path / "cache" / "catalog").iterdir())
    assert [path.suffix for path in kept] == [".sqlite"]
    assert Search.of_table(table).find("message") == first
    assert list((tmp_path / "cache" / "catalog").iterdir()) == kept


def test_another_table_at_the_same_place_is_indexed_anew(table: Path, tmp_path: Path) -> None:
    Search.of_table(table)
    write_table([("x", TOOLS[0].model_copy(update={"description": "Launches a balloon"}))], table, encode=False)
    assert Search.of_table(table).find("balloon")
    assert len(list((tmp_path / "cache" / "catalog").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"no index at all", None])
def test_a_damaged_index_is_made_anew(table: Path, tmp_path: Path, damage: bytes | None) -> None:
    first = Search.of_table(table).find("message")
    [kept] = (tmp_path / "cache" / "catalog").iterdir()
    raw = kept.read_bytes()
    kept.write_bytes(raw[: len(raw) // 2] if damage is None else damage)
    assert Search.of_table(table).find("message") == first


def test_where_nothing_can_be_kept_the_index_is_in_memory(table: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert Search.of_table(table).find("message")


def test_only_the_toolkits_that_are_asked_for(table: Path) -> None:
    found = Search.of_table(table).find("message", toolkits=["mail"])
    assert [hit.tool.toolkit for hit in found] == ["mail"]


@pytest.mark.parametrize(("kit", "said"), [("strpe", "did you mean 'stripe'"), ("xyzzy", "lists them")])
def test_an_unknown_toolkit_is_told_with_the_nearest(table: Path, kit: str, said: str) -> None:
    with pytest.raises(SourceError, match=f"toolkit '{kit}' is not there; .*{said}"):
        Search.of_table(table).find("message", toolkits=["mail", kit])


def test_without_weights_it_says_that_words_decide() -> None:
    assert Search.of_tools(TOOLS).by == "words"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_no_query_breaks_the_search(query: str) -> None:
    assert len(Search.of_tools(TOOLS).find(query)) <= len(TOOLS)


@given(st.text(alphabet='"*():-^+ andOR NEAR', max_size=20))
def test_no_operator_of_the_index_gets_through(query: str) -> None:
    assert all(word.isalnum() for word in asked_words(query))
    Search.of_tools(TOOLS).find(query)


def test_whole_vectors_and_their_signs_agree_on_the_nearest() -> None:
    texts = [said for _, _, said in SAID]
    signs = np.packbits(Words().encode(texts) > 0, axis=1).tobytes()
    for find in (Whole(texts, Words()).find, Signs(signs, Words()).find):
        assert [find(text, 1) for text in texts] == [[row] for row in range(len(texts))]


def test_a_bundle_is_proposed_part_by_part() -> None:
    bundle = suggest_bundle("refund the payment in Stripe, then send a message to Slack", Search.of_tools(TOOLS))
    assert [member.toolkit for member in bundle] == ["stripe", "slack"]
    assert bundle[0].tools[0] == "create_refund"


def test_a_toolkit_named_twice_is_one_member() -> None:
    bundle = suggest_bundle("list stripe charges and refund a stripe payment", Search.of_tools(TOOLS))
    assert [member.toolkit for member in bundle] == ["stripe"]
    assert set(bundle[0].tools) == {"list_charges", "create_refund"}


def test_nothing_fits_nothing_is_proposed() -> None:
    assert suggest_bundle("xyzzy; and", Search.of_tools(TOOLS)) == []
