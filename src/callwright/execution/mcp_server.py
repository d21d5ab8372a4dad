"""One running MCP server, spoken to by the official SDK from a task of its own.

The SDK wants to be opened and closed by the same task; rows come and go in theirs. Every answer has a time limit, and
what a server does wrong becomes one line that says which server it was.
"""

from __future__ import annotations

import asyncio
import dataclasses
import shlex
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TextIO, cast

import orjson

from callwright.errors import MissingExtra, Rejected, SourceError
from callwright.execution.sandbox import FIXED
from callwright.records import Finding
from callwright.tools.importers.mcp import MAX_PAGES, SANDBOX, transport
from callwright.tools.naming import valid
from callwright.tools.source import Source

_LAST_WORDS = 200


class Server:
    """A server for one row. `start` it, `call` it, `stop` it."""

    def __init__(self, source: Source, folder: Path, timeout_s: float) -> None:
        self._source = _placed(source, folder)
        self._place = source.place
        self._timeout_s = timeout_s
        self._orders: asyncio.Queue[tuple[str, dict[str, Any], asyncio.Future[Any]] | None] = asyncio.Queue()
        self._ready: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> dict[str, str]:
        """Start it. Returns tool name -> the server's own name for it. Raises `SourceError`, `MissingExtra`."""
        self._task = asyncio.create_task(self._serve())
        either: list[asyncio.Future[Any]] = [self._task, self._ready]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not self._ready.done():
            await self._task
        return await self._ready

    async def call(self, name: str, arguments: dict[str, Any]) -> tuple[Any, str | None]:
        """(what it answers, or what it says is wrong, and then one line of that). Raises `Rejected`: no answer."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        await self._orders.put((name, arguments, answer))
        try:
            async with asyncio.timeout(self._timeout_s):
                return _read(await answer)
        except TimeoutError as error:
            raise _no_answer(f"{self._place}: {name} was not answered within {self._timeout_s:g} s") from error

    async def stop(self) -> None:
        if self._task is None:
            return
        await self._orders.put(None)
        done, _ = await asyncio.wait([self._task], timeout=self._timeout_s)
        if not done:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _serve(self) -> None:
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            try:
                await self._speak(cast("TextIO", errors))
            except (MissingExtra, OSError, ValueError, RuntimeError, ExceptionGroup) as error:
                self._fail(error, _last_words(errors))

    async def _speak(self, errors: TextIO) -> None:
        try:
            from mcp import Client, MCPError
        except ImportError as error:
            raise MissingExtra("Calling an MCP server", "mcp") from error
        async with AsyncExitStack() as open_:
            try:
                async with asyncio.timeout(self._timeout_s):
                    spoken = await transport(self._source, errors, open_)
                    client = await open_.enter_async_context(Client(spoken, cache=None))
                    names = await _names(client)
            except MCPError as error:
                raise ValueError(str(error)) from error
            self._ready.set_result({valid(name): name for name in names})
            while (order := await self._orders.get()) is not None:
                name, arguments, answer = order
                made: Any
                try:
                    made = await client.call_tool(name, arguments, read_timeout_seconds=self._timeout_s)
                except MCPError as error:
                    made = error
                if not answer.done():
                    answer.set_result(made)

    def _fail(self, error: Exception, last: str) -> None:
        """Tell whoever waits."""
        root: BaseException = error
        while isinstance(root, BaseExceptionGroup):
            root = root.exceptions[0]
        told = root if isinstance(root, MissingExtra) else SourceError(f"{self._place}: {_why(root)}.{last}")
        if not self._ready.done():
            self._ready.set_exception(told)
        while not self._orders.empty():
            if (order := self._orders.get_nowait()) is not None and not order[2].done():
                order[2].set_exception(_no_answer(str(told)))


async def _names(client: Any) -> list[str]:
    """The server's tools, page by page."""
    names: list[str] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await client.list_tools(cursor=cursor)
        names += [tool.name for tool in page.tools]
        if (cursor := page.next_cursor) is None:
            break
    return names


def _placed(source: Source, folder: Path) -> Source:
    """The source with its command run in the row's folder; what it names beside the configuration stays found."""
    if source.is_url:
        return source
    words = [word.replace(SANDBOX, str(folder)) for word in shlex.split(source.name)]
    found = [str((source.base / word).absolute()) if _is_beside(source.base, word) else word for word in words]
    env = tuple({**FIXED, **dict(source.env)}.items())
    return dataclasses.replace(source, name=shlex.join(found), base=folder, env=env)


def _is_beside(base: Path, word: str) -> bool:
    return (
        ("/" in word or word.endswith((".py", ".js", ".mjs"))) and not word.startswith("/") and (base / word).is_file()
    )


def _read(made: Any) -> tuple[Any, str | None]:
    """What a call came to: its structured content, else its text, as JSON where it is JSON."""
    if isinstance(made, Exception):
        return {"error": {"message": str(made)}}, str(made).splitlines()[0][:_LAST_WORDS] or "error"
    texts = [part.text if part.type == "text" else f"[{part.type}]" for part in made.content]
    text = "\n".join(texts)
    if made.is_error:
        return text, (text.splitlines() or ["error"])[0][:_LAST_WORDS]
    if made.structured_content is not None:
        return made.structured_content, None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text, None
    return (value if isinstance(value, dict | list) else text), None


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "the MCP server did not start in time"
    if isinstance(error, FileNotFoundError):
        return "the MCP server cannot be started: there is no such command"
    said = next(iter(str(error).splitlines()), "").rstrip(".") or type(error).__name__
    return f"the MCP server failed: {said}"


def _last_words(errors: Any) -> str:
    errors.seek(0)
    said = [line.strip() for line in errors.read()[-4000:].splitlines() if line.strip()]
    return f" Its last words: {said[-1][:_LAST_WORDS]}" if said else ""


def _no_answer(message: str) -> Rejected:
    return Rejected([Finding(code="mcp.no_answer", path="$", message=message)])
