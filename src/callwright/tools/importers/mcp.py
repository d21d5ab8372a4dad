"""MCP servers: what `tools/list` answers, over stdio (a command) or streamable HTTP (a URL), by the official SDK.

A server is a stranger's program: it may hang, die, or list without end. All of it together has `timeout_s`, and ends
in one line that says what happened, with the last thing the server wrote to its error stream.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import shlex
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any, TextIO, cast

from pydantic import ValidationError

from callwright.errors import MissingExtra, SourceError
from callwright.plugins import Imported
from callwright.tools.importers import functions
from callwright.tools.importers.mcp_names import toolkit_of
from callwright.tools.source import Source

MAX_PAGES = 1000
logging.getLogger("mcp").addHandler(logging.NullHandler())  # else a server's stray output is told as tracebacks
SANDBOX = "{sandbox}"
"""In a command line: a folder that the server may use. Listing the tools, it is an empty one."""

Listed = tuple[list[Any], str]
"""Every tool that the server lists, as its JSON has it, and the name that the server gives itself."""


def read(source: Source) -> Imported:
    """The tools of a running server, or of one that is started for it. Raises `SourceError`, `MissingExtra`."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        listed, name = _run(_listed(source, cast("TextIO", errors)))
    toolkit = source.toolkit or toolkit_of(source.name, name)
    return functions.import_document(listed, place=source.place, toolkit=toolkit)


def _run(work: Coroutine[Any, Any, Listed]) -> Listed:
    """Run it here, or, where a loop runs already (a notebook), in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _listed(source: Source, errors: TextIO) -> Listed:
    try:
        from mcp import Client, MCPError
    except ImportError as error:
        raise MissingExtra("Importing from an MCP server", "mcp") from error
    try:
        async with asyncio.timeout(source.timeout_s), AsyncExitStack() as open_:
            folder = open_.enter_context(tempfile.TemporaryDirectory()) if SANDBOX in source.name else ""
            source = dataclasses.replace(source, name=source.name.replace(SANDBOX, folder))
            client = await open_.enter_async_context(Client(await transport(source, errors, open_), cache=None))
            return await _pages(client, source), client.server_info.name if client.server_info else ""
    except TimeoutError as error:
        raise _failed(source, f"did not answer within {source.timeout_s:g} s", errors) from error
    except (MCPError, OSError, ValueError, ExceptionGroup) as error:
        raise _failed(source, _what(_root(error)), errors) from error


async def _pages(client: Any, source: Source) -> list[Any]:
    tools: list[Any] = []
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools]
        cursor = page.next_cursor
        if cursor is None:
            return tools
        if cursor in seen:
            raise SourceError(f"{source.place}: the server lists its tools in a circle.")
        seen.add(cursor)
    raise SourceError(f"{source.place}: the server lists more than {MAX_PAGES} pages of tools.")


async def transport(source: Source, errors: TextIO, open_: AsyncExitStack) -> Any:
    """How the server of `source` is spoken to; a command is run in the folder `source.base`."""
    return await _over_http(source, open_) if source.is_url else _over_stdio(source, errors)


async def _over_http(source: Source, open_: AsyncExitStack) -> Any:
    from httpx2 import AsyncClient, Timeout
    from mcp.client.streamable_http import streamable_http_client

    own = AsyncClient(headers=dict(source.headers), timeout=Timeout(source.timeout_s))
    return streamable_http_client(source.name, http_client=await open_.enter_async_context(own))


def _over_stdio(source: Source, errors: TextIO) -> Any:
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command, *arguments = shlex.split(source.name)
    parameters = StdioServerParameters(command=command, args=arguments, cwd=source.base, env=dict(source.env))
    return stdio_client(parameters, errlog=errors)


def _failed(source: Source, what: str, errors: TextIO) -> SourceError:
    errors.seek(0)
    said = [line.strip() for line in errors.read()[-4000:].splitlines() if line.strip()]
    last = f" Its last words: {said[-1][:200]}" if said else ""
    return SourceError(f"{source.place}: the MCP server {what}.{last}")


def _what(error: BaseException) -> str:
    from httpx2 import ConnectError
    from mcp import MCPError
    from mcp_types import CONNECTION_CLOSED

    match error:
        case MCPError(code=code) if code == CONNECTION_CLOSED:
            return "ended before it had listed its tools"
        case MCPError():
            return f"answers: {_first_line(error)}"
        case ValidationError():
            first = error.errors(include_url=False)[0]
            return f"answers what is no list of tools: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        case FileNotFoundError():
            return "cannot be started: there is no such command"
        case ConnectError():
            return f"cannot be reached: {_first_line(error)}"
    return f"cannot be used: {type(error).__name__}: {_first_line(error)}"


def _root(error: BaseException) -> BaseException:
    """The first cause in a group of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "").rstrip(".") or "no reason is given"
