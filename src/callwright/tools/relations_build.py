"""From tools to their graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from callwright.records import Schema, Tool
from callwright.tools.embeddings import Encoder, encoder
from callwright.tools.relations import Edge, Relations
from callwright.tools.relations_fields import arguments, results
from callwright.tools.relations_results import open_arguments, result_edges
from callwright.tools.relations_shared import argument_edges, resource_edges
from callwright.tools.relations_similar import floor_edges, meaning_edges
from callwright.tools.relations_toolflow import toolflow_edges
from callwright.tools.returns import result_schema
from callwright.tools.settings import RelationSettings

SMALL = 2000
"""Up to so many tools, arguments that no name explains are matched by meaning."""

ResultOf = Callable[[Tool], Schema]


def relate(
    tools: Iterable[Tool],
    settings: RelationSettings | None = None,
    result_of: ResultOf = result_schema,
    texts: Encoder | None = None,
) -> Relations:
    """The graph of `tools`. `result_of` says what a tool gives where its source says it in prose only; `texts` is the
    encoder (default: the one that the settings name). Raises `ConfigError`, `WeightsError`, `MissingExtra`.
    """
    tools = tuple(tools)
    settings = settings or RelationSettings()
    texts = texts or encoder(settings.encoder, fast=len(tools) > SMALL)
    find = _typed if settings.method == "typed" else toolflow_edges
    return Relations(tools, tuple(find(tools, settings, result_of, texts)))


def _typed(tools: tuple[Tool, ...], settings: RelationSettings, result_of: ResultOf, texts: Encoder) -> list[Edge]:
    gives = [results(_result(tool, result_of), tool) for tool in tools]
    taken = open_arguments(tools, [arguments(tool) for tool in tools])
    edges = list(result_edges(tools, taken, gives))
    if len(tools) <= SMALL:
        fed = {(edge.target, edge.argument) for edge in edges}
        hungry = [one for one in taken if one.field.required and (one.tool, one.field.pointer) not in fed]
        edges += meaning_edges(tools, hungry, gives, texts)
    edges += argument_edges(tools, taken)
    edges += resource_edges(tools)
    edges += floor_edges(tools, edges, settings.neighbours, texts)
    return edges


def _result(tool: Tool, result_of: ResultOf) -> Schema | None:
    return result_of(tool) if tool.returns or tool.returns_text else None
