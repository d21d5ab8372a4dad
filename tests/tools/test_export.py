from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.errors import ConfigError
from callwright.plugins import Imported
from callwright.records import Schema, Tool
from callwright.tools.catalog import Catalog
from callwright.tools.export import FORMS, exported
from callwright.tools.importers import records, yaml_tools
from callwright.tools.index import Table, shipped
from callwright.tools.load import builtin, read_source
from callwright.tools.schema.clean import clean
from callwright.tools.settings import SourceSettings
from callwright.tools.source import Source, parse

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
TRICKY = st.sampled_from(
    ["no", "1e5", "0x1F", "012", "~", "<<", "- x", "a: b", "#c", "2024-01-31", "", " x ", "é\u2028"]
)
NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=8) | TRICKY.filter(bool)
VALUES = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), TEXTS, TRICKY)
PLAIN: st.SearchStrategy[Schema] = st.builds(
    lambda kind, words: kind | words,
    st.one_of(
        st.sampled_from([{"type": kind} for kind in ("string", "integer", "number", "boolean", "object", "array")]),
        st.builds(lambda values: {"enum": values}, st.lists(VALUES, min_size=1, max_size=4)),
        st.builds(lambda value: {"type": "string", "default": value}, TEXTS | TRICKY),
        st.builds(lambda value: {"type": "string", "examples": [value]}, TEXTS | TRICKY),
        st.builds(lambda low: {"type": "number", "minimum": low}, st.floats(-1e6, 1e6)),
        st.just({"type": ["string", "null"]}),
    ),
    st.builds(lambda text: {"description": text} if text else {}, TEXTS | TRICKY),
)
SCHEMAS: st.SearchStrategy[Schema] = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.builds(lambda item: {"type": "array", "items": item}, inner),
        st.builds(lambda parts: {"type": "object", "properties": parts}, st.dictionaries(NAMES, inner, max_size=3)),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=5,
)


@st.composite
def tools(draw: st.DrawFn) -> tuple[Tool, ...]:
    """Tools as an importer gives them: clean schemas, unique names."""
    names = draw(st.lists(st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True), min_size=1, max_size=3, unique=True))
    made = []
    for name in names:
        properties = draw(st.dictionaries(NAMES, SCHEMAS, max_size=4))
        required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
        schema = {"type": "object", "properties": properties, "required": required}
        parameters, _ = clean(schema, "x", arguments=True)
        returns, _ = clean(draw(SCHEMAS), "x")
        assert parameters is not None
        description = " ".join(draw(TEXTS | TRICKY).split())
        known = returns if draw(st.booleans()) else None
        toolkit = draw(st.sampled_from(["", "kit"]))
        made.append(Tool(name=name, description=description, parameters=parameters, returns=known, toolkit=toolkit))
    return tuple(made)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports") / "exported"


def back(path: Path, document: bytes) -> Imported:
    """As a user imports it: which form it is, is told from its content."""
    path.write_bytes(document)
    return read_source(SourceSettings(path=path.name), path.parent)


@pytest.mark.parametrize("form", FORMS)
@given(made=tools())
def test_what_is_exported_is_imported_with_the_same_schemas(path: Path, form: str, made: tuple[Tool, ...]) -> None:
    imported = back(path, exported(made, form))
    assert [finding for finding in imported.findings if finding.severity == "error"] == []
    assert [tool.name for tool in imported.tools] == [tool.name for tool in made]
    for tool, source in zip(imported.tools, made, strict=True):
        assert orjson.dumps(tool.parameters) == orjson.dumps(source.parameters)
        assert tool.description == source.description
        if form == "yaml" and source.returns:
            assert tool.returns == source.returns


@given(made=tools())
def test_a_catalog_keeps_every_field(tmp_path_factory: pytest.TempPathFactory, made: tuple[Tool, ...]) -> None:
    path = tmp_path_factory.mktemp("x") / "tools.jsonl"
    Catalog(made).save(path)
    assert records.read(Source(path.name, base=path.parent)).tools == made


@pytest.mark.parametrize("form", ["mcp", "yaml"])
def test_the_tools_that_ship_keep_their_results_and_what_a_call_means(path: Path, form: str) -> None:
    shipped = builtin().tools
    imported = back(path, exported(shipped, form)).tools
    assert [tool.returns for tool in imported] == [tool.returns for tool in shipped]
    assert [tool.mutates for tool in imported] == [tool.mutates for tool in shipped]


@pytest.mark.parametrize("form", FORMS)
def test_real_tools_come_back_with_the_same_schemas(path: Path, form: str) -> None:
    tools = Table(shipped()).tools(toolkits=["gmail", "calendly", "shopify", "todoist", "notion", "aws_sqs"])
    assert len(tools) > 450
    imported = back(path, exported(tools, form))
    assert [(tool.name, tool.parameters) for tool in imported.tools] == [(tool.name, tool.parameters) for tool in tools]
    if form == "yaml":
        assert [tool.returns for tool in imported.tools] == [tool.returns for tool in tools]


def test_the_articles_file_is_written_as_it_was_read(cases: Path) -> None:
    original = parse((cases / "github-tools.yaml").read_bytes(), "x")
    read = yaml_tools.read(Source("github-tools.yaml", base=cases)).tools
    written = parse(exported(read, "yaml"), "x")
    for one, other in zip(original, written, strict=True):
        assert {key: other[key] for key in one} == one


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"format 'xml' is not known; known: openai, anthropic, mcp, yaml\."):
        exported([], "xml")
