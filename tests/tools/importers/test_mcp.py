import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.tools.importers.mcp import read
from callwright.tools.source import Source

pytest.importorskip("mcp")

SERVER = f"{sys.executable} {Path(__file__).with_name('shop_server.py')}"


def check_shop(imported: Imported, toolkit: str) -> None:
    assert imported.findings == ()
    get, purge = imported.tools
    assert (get.name, get.toolkit, get.action, get.mutates) == ("get_order", toolkit, "read", False)
    assert (purge.name, purge.mutates, purge.description) == ("orders_purge", True, "Throw old orders away.")
    assert get.parameters["required"] == ["order_id"]
    assert get.parameters["additionalProperties"] is False
    assert get.parameters["properties"]["with_items"]["default"] is False
    assert get.returns is not None
    assert list(get.returns["properties"]) == ["id", "total"]


def test_a_command_is_started_asked_and_stopped() -> None:
    check_shop(read(Source(SERVER)), "shop")


def test_a_command_is_asked_while_a_loop_is_running() -> None:
    async def within() -> Imported:
        return read(Source(SERVER, toolkit="mine"))

    check_shop(asyncio.run(within()), "mine")


@pytest.fixture
def url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*SERVER.split(), "--http", str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(10)


def test_a_server_over_http_lists_the_same(url: str) -> None:
    check_shop(read(Source(url)), "shop")


def test_pages_are_followed_to_the_last() -> None:
    assert [tool.name for tool in read(Source(f"{SERVER} --pages")).tools] == ["tool_0", "tool_1", "tool_2"]


def test_what_a_server_says_besides_is_passed_over(capfd: pytest.CaptureFixture[str]) -> None:
    assert [tool.name for tool in read(Source(f"{SERVER} --untidy")).tools] == ["a"]
    assert capfd.readouterr() == ("", "")


def refused(command: str, timeout_s: float) -> str:
    with pytest.raises(SourceError) as caught:
        read(Source(command, timeout_s=timeout_s))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("mode", ["--hang", "--hang-listing"])
def test_a_server_that_hangs_is_left_in_time(mode: str) -> None:
    started = time.monotonic()
    assert refused(f"{SERVER} {mode}", 2).endswith(f"{mode}: the MCP server did not answer within 2 s.")
    assert time.monotonic() - started < 9


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"{SERVER} --untidy --broken", "answers what is no list of tools: tools.1.inputSchema: Field required."),
        (f"{SERVER} --circle", "the server lists its tools in a circle"),
        (f"{SERVER} --die", "ended before it had listed its tools. Its last words: no token: set SHOP_TOKEN"),
        (f"{SERVER} --die-listing", "ended before it had listed its tools. Its last words: the disk is full"),
        ("no-such-command --x", "cannot be started: there is no such command"),
        ("http://127.0.0.1:1/mcp", "127.0.0.1:1/mcp: the MCP server cannot be reached: "),
    ],
)
def test_a_server_that_dies_or_turns_in_circles_or_is_not_there_is_one_line(command: str, said: str) -> None:
    assert said in refused(command, 30)
