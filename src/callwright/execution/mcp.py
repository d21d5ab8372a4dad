"""The executor `mcp`: real MCP servers answer the calls, in a fresh session and a folder of its own for each row.

What a server answered is kept in the ledger under the row and everything it was asked before: the same run again
starts no server. Where a killed run is continued in the middle of a row, its earlier calls are made again first.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import orjson

from callwright.errors import ConfigError, Rejected, SourceError
from callwright.execution.mcp_paths import Places
from callwright.execution.mcp_server import Server
from callwright.execution.sandbox import Sandbox, inward, outward
from callwright.execution.settings import McpSettings
from callwright.ledger import Ledger
from callwright.plugins import Answer, Refused
from callwright.records import Finding, Pointer, Reply, Tool, ToolCall
from callwright.tools.settings import SourceSettings
from callwright.tools.source import Source


class Mcp:
    """Opens sessions with servers. Raises `ConfigError` where no server is named."""

    def __init__(self, settings: McpSettings, ledger: Ledger) -> None:
        require_servers(settings)
        self.sources = tuple(_source(server, settings.base) for server in settings.servers)
        self.timeout_s = settings.timeout_s
        self.ledger = ledger
        self.sandbox = Sandbox(settings)
        self.gate = asyncio.Semaphore(settings.at_once)
        self.has_started = False
        """Whether the servers were started before: a failure is a passing one then, and costs only the attempt."""

    async def open(self, seed: str, _topic: str, _refused: Refused) -> McpSession:
        return McpSession(self, seed)


def require_servers(settings: McpSettings) -> None:
    """Raises `ConfigError` where no server is named."""
    if not settings.servers:
        raise ConfigError(
            "generation.execution: mcp needs a server.",
            hint="Name one in `generation.mcp.servers`, or take the tools from one in `generation.tools.sources`.",
        )


def _source(server: SourceSettings | str, base: Path) -> Source:
    said = SourceSettings(path=server) if isinstance(server, str) else server
    env, headers = tuple(said.env.items()), tuple(said.headers.items())
    return Source(said.path, base=base, toolkit=said.toolkit, timeout_s=said.timeout_s, env=env, headers=headers)


class McpSession:
    """One row's servers, started when a call has no recorded answer."""

    def __init__(self, executor: Mcp, seed: str) -> None:
        self._executor = executor
        self._seed = seed
        self._asked: list[tuple[str, dict[str, Any]]] = []
        self._running: _Running | None = None
        self._places = Places(executor.sandbox, seed)

    async def execute(self, call: ToolCall, tool: Tool) -> Answer:
        """What the server answers. Raises `SourceError`: it cannot be started; `Rejected`: not now, or no answer."""
        before = list(self._asked)
        self._asked.append((tool.name, call.arguments))
        key = self._key()
        kept = self._executor.ledger.get_reply(key)
        if kept is not None:
            value, error = orjson.loads(kept.text)
            return self._noted(call, tool, value, error)
        if self._running is None:
            self._running = _Running(self._executor)
            await self._running.start()
            for name, arguments in before:
                await self._running.call(name, arguments)
        value, error = await self._running.call(tool.name, call.arguments)
        self._executor.ledger.put_reply(key, Reply(text=orjson.dumps([value, error]).decode()), paid=False)
        return self._noted(call, tool, value, error)

    def _noted(self, call: ToolCall, tool: Tool, value: Any, error: str | None) -> Answer:
        if error is None:
            self._places.note(tool, call.arguments)
        return Answer(value, error)

    async def close(self) -> None:
        if self._running is not None:
            await self._running.stop()

    def refer(self, tool: Tool, given: Mapping[Pointer, Any]) -> Mapping[Pointer, Any]:
        """Files, folders and branches of the row's folder for the arguments that name one."""
        return self._places.refer(tool, given)

    def known(self, tool: Tool, pointer: Pointer, given: Mapping[Pointer, Any]) -> Sequence[Any]:  # noqa: ARG002
        """Whatever else is given: places do not depend on each other."""
        return self._places.known(tool, pointer)

    def _key(self) -> str:
        """Of the answer to the last question: the servers, the row, and all that was asked."""
        servers = [source.name for source in self._executor.sources]
        return hashlib.sha256(orjson.dumps(["mcp", servers, self._seed, self._asked])).hexdigest()


class _Running:
    """The servers of one row, in its folder."""

    def __init__(self, executor: Mcp) -> None:
        self._executor = executor
        self._open = AsyncExitStack()
        self._folder: Path | None = None
        self._servers: dict[str, tuple[Server, str]] = {}
        """Tool -> the server that has it, and its name there."""

    async def start(self) -> None:
        await self._open.enter_async_context(self._executor.gate)
        try:
            self._folder = self._executor.sandbox.copy()
            self._open.callback(shutil.rmtree, self._folder, ignore_errors=True)
            for source in self._executor.sources:
                server = Server(source, self._folder, self._executor.timeout_s)
                self._open.push_async_callback(server.stop)
                for name, own in (await server.start()).items():
                    self._servers.setdefault(name, (server, own))
        except SourceError as error:
            await self._open.aclose()
            if not self._executor.has_started:
                raise
            said = Finding(code="mcp.not_started", path="$", message=str(error))
            raise Rejected([said]) from error
        except BaseException:
            await self._open.aclose()
            raise
        self._executor.has_started = True

    async def call(self, name: str, arguments: dict[str, Any]) -> tuple[Any, str | None]:
        """(value, what is wrong) with the row's folder under the name that every row has for it."""
        assert self._folder is not None
        if name not in self._servers:
            raise ConfigError(
                f"generation.mcp: no server has the tool {name!r}.",
                hint="Leave it out with `generation.tools.available`, or name its server in `generation.mcp.servers`.",
            )
        server, own = self._servers[name]
        folder = str(self._folder)
        value, error = await server.call(own, inward(arguments, folder))
        return outward(value, folder), outward(error, folder)

    async def stop(self) -> None:
        await self._open.aclose()
