"""Real servers answer in a folder of the row's own, and only once: what they said is kept."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from callwright.errors import ConfigError, Rejected, SourceError
from callwright.execution.mcp import Mcp, McpSession
from callwright.execution.settings import McpSettings
from callwright.ledger import Ledger
from callwright.plugins import Answer
from callwright.records import Tool, ToolCall
from callwright.tools.importers.mcp import read
from callwright.tools.settings import SourceSettings, ToolsSettings
from callwright.tools.source import Source

pytest.importorskip("mcp")

HERE = Path(__file__).parent
COMMAND = f"{shlex.quote(sys.executable)} {HERE / 'files_server.py'} {{sandbox}}"
TEXT: dict[str, Any] = {"type": "string"}


def tool(name: str, *parts: str) -> Tool:
    properties = dict.fromkeys(parts, TEXT)
    parameters = {"type": "object", "properties": properties, "required": [*parts], "additionalProperties": False}
    return Tool(name=name, parameters=parameters)


READ, WRITE = tool("read_file", "path"), tool("write_file", "path", "content")
LIST, WAIT = tool("list_directory", "path"), tool("wait_forever")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration's folder, with a sandbox to copy."""
    (tmp_path / "given" / "docs").mkdir(parents=True)
    (tmp_path / "given" / "docs" / "plan.md").write_text("Move on Friday.")
    return tmp_path


def settings(folder: Path, command: str = COMMAND, **more: Any) -> McpSettings:
    said = McpSettings(servers=(command,), sandbox="given", timeout_s=20, **more)
    return said.at(folder, ToolsSettings())


async def ask(session: McpSession, one: Tool, **arguments: Any) -> Answer:
    return await session.execute(ToolCall(id="c", name=one.name, arguments=arguments), one)


def within(folder: Path, made: McpSettings, work: Any, run: str = "run") -> Any:
    """What `work` gives of an executor over a ledger."""

    async def doing() -> Any:
        with Ledger.open(folder / run) as ledger:
            return await work(Mcp(made, ledger))

    return asyncio.run(doing())


async def row(executor: Mcp, seed: str, *calls: tuple[Tool, dict[str, Any]]) -> list[Answer]:
    session = await executor.open(seed, "", lambda *_: None)
    try:
        return [await ask(session, one, **arguments) for one, arguments in calls]
    finally:
        await session.close()


def test_a_row_has_its_own_copy_and_sees_one_path_and_a_refusal_is_an_answer(folder: Path) -> None:
    plan = {"path": "/workspace/docs/plan.md"}
    nowhere = {"path": "/workspace/nowhere"}

    async def work(executor: Mcp) -> Any:
        changed = await row(executor, "0", (WRITE, {**plan, "content": "Move on Monday."}), (READ, plan))
        listed = await row(executor, "1", (READ, plan), (LIST, {"path": "/workspace/docs"}), (READ, nowhere))
        return [*changed, *listed]

    wrote, again, untouched, listed, missing = within(folder, settings(folder), work)
    assert wrote.value == {"result": "wrote /workspace/docs/plan.md"}
    assert again.value == {"result": "Move on Monday."}
    assert untouched.value == {"result": "Move on Friday."}
    assert listed.value == {"result": ["/workspace/docs/plan.md"]}
    assert missing.error == missing.value == "Error executing tool read_file"


def test_the_same_again_needs_no_server_and_what_is_new_comes_after_what_was(folder: Path) -> None:
    plan = {"path": "/workspace/docs/plan.md"}
    calls: tuple[tuple[Tool, dict[str, Any]], ...] = ((WRITE, {**plan, "content": "Moved."}), (READ, plan))

    async def work(executor: Mcp) -> list[Answer]:
        return await row(executor, "0", *calls)

    first = within(folder, settings(folder), lambda executor: row(executor, "0", calls[0]))
    both = within(folder, settings(folder), work)
    assert both[0] == first[0]
    assert both[1].value == {"result": "Moved."}
    hasty = settings(folder).model_copy(update={"timeout_s": 0.001})  # no server could start in that time
    assert within(folder, hasty, work) == both
    with pytest.raises(SourceError, match="did not start in time"):
        within(folder, hasty, lambda executor: row(executor, "1", *calls))


@pytest.mark.parametrize(
    ("command", "calls", "error", "said"),
    [
        ("no-such-command-anywhere", READ, SourceError, "there is no such command"),
        (f"{shlex.quote(sys.executable)} -c 'raise SystemExit(\"out of paper\")'", READ, SourceError, "out of paper"),
        (COMMAND, tool("fly"), ConfigError, "no server has the tool 'fly'"),
    ],
)
def test_a_server_that_cannot_be_used_is_told(
    folder: Path, command: str, calls: Tool, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        within(folder, settings(folder, command), lambda executor: row(executor, "0", (calls, {})))


def test_a_server_that_does_not_answer_in_time_ends_the_attempt(folder: Path) -> None:
    async def work(executor: Mcp) -> None:
        session = await executor.open("0", "", lambda *_: None)
        try:
            await ask(session, READ, path="/workspace/docs/plan.md")
            assert session._running is not None
            for server, _ in session._running._servers.values():
                server._timeout_s = 1.0  # a start needs longer than that
            await ask(session, WAIT)
        finally:
            await session.close()

    with pytest.raises(Rejected, match="wait_forever was not answered within 1 s"):
        within(folder, settings(folder), work)


def test_a_server_that_did_start_before_costs_only_the_attempt(folder: Path) -> None:
    plan = {"path": "/workspace/docs/plan.md"}

    async def work(executor: Mcp) -> None:
        await row(executor, "0", (READ, plan))
        executor.timeout_s = 0.001
        await row(executor, "1", (READ, plan))

    with pytest.raises(Rejected, match="did not start in time"):
        within(folder, settings(folder), work)


def test_without_a_server_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "run") as ledger, pytest.raises(ConfigError, match="mcp needs a server"):
        Mcp(McpSettings(), ledger)


def test_servers_are_those_of_the_tools_unless_others_are_named(tmp_path: Path) -> None:
    tools = ToolsSettings(sources=(SourceSettings(path="our-server", format="mcp"), "tools.yaml"))
    (tmp_path / "tools.yaml").write_text("- {name: look, description: Look., parameters: []}")
    assert [one.path for one in McpSettings().at(tmp_path, tools).servers if not isinstance(one, str)] == ["our-server"]
    assert McpSettings(servers=("mine",)).at(tmp_path, tools).servers == ("mine",)
    assert "servers" not in McpSettings(servers=("secret --key 1",)).model_dump()


def test_the_tools_of_a_command_with_a_sandbox_can_be_listed(folder: Path) -> None:
    assert [one.name for one in read(Source(COMMAND, base=folder)).tools] == [
        READ.name,
        WRITE.name,
        LIST.name,
        WAIT.name,
    ]
