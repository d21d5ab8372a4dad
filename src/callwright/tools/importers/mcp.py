"""MCP servers: what `tools/list` answers, over stdio (a command) or streamable HTTP (a URL), by the official SDK.

A server is a stranger's program: it may hang, die, or list without end. All of it together has `timeout_s`, and ends
in one line that says what happened, with the last thing the server wrote to its error stream.
"""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any, TextIO, cast

from callwright.errors import MissingExtra, SourceError
from callwright.plugins import Imported
from callwright.tools.importers import functions
from callwright.tools.source import Source

MAX_PAGES = 1000


def read(source: Source) -> Imported:
    """The tools of a running server, or of one that is started for it. Raises `SourceError`, `MissingExtra`."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        listed = _run(_listed(source, cast("TextIO", errors)))
    toolkit = source.toolkit or _toolkit(source.name)
    return functions.import_document(listed, place=source.place, toolkit=toolkit)


def _run(work: Coroutine[Any, Any, list[Any]]) -> list[Any]:
    """Run it here, or, where a loop runs already (a notebook), in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _listed(source: Source, errors: TextIO) -> list[Any]:
    """Every tool that the server lists, as its JSON has it."""
    try:
        from mcp import Client, MCPError
    except ImportError as error:
        raise MissingExtra("Importing from an MCP server", "mcp") from error
    try:
        async with asyncio.timeout(source.timeout_s), AsyncExitStack() as open_:
            transport = await _over_http(source, open_) if source.is_url else _over_stdio(source, errors)
            client = await open_.enter_async_context(Client(transport, cache=None))
            return await _pages(client, source)
    except TimeoutError as error:
        raise _failed(source, f"did not answer within {source.timeout_s:g} s", errors) from error
    except MCPError as error:
        raise _failed(source, f"answers: {error}", errors) from error
    except (OSError, ValueError, ExceptionGroup) as error:
        raise _failed(source, f"cannot be used: {_root(error)}", errors) from error


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


def _root(error: BaseException) -> str:
    """The first cause in a group of errors, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _toolkit(name: str) -> str:
    """`python -m mcp_server_git --repository .` -> `git`; a URL -> its host."""
    if "://" in name:
        return name.split("://", 1)[1].split("/", 1)[0].split(":", 1)[0]
    words = [word.rpartition("/")[2] for word in shlex.split(name) if not word.startswith("-")]
    named = [word for word in words if "mcp" in word or "server" in word] or words[-1:]
    stem = named[0].partition("@")[0].removesuffix(".py")
    for noise in (
        "mcp-server-",
        "mcp_server_",
        "server-",
        "server_",
        "-mcp",
        "_mcp",
        "mcp-",
        "mcp_",
        "-server",
        "_server",
    ):
        stem = stem.replace(noise, "")
    return stem
