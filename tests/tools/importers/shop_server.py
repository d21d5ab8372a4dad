"""A real MCP server for the tests, by the official SDK; its arguments say how it misbehaves."""

import json
import os
import sys
import time
from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.mcpserver import MCPServer
from mcp_types import ListToolsResult, Tool, ToolAnnotations
from pydantic import BaseModel


class Order(BaseModel):
    id: str
    total: float


def shop() -> MCPServer:
    server = MCPServer("shop")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def get_order(order_id: str, with_items: bool = False) -> Order:
        """Look up an order."""
        return Order(id=order_id, total=1.0)

    @server.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True))
    def orders_purge(older_than_days: int) -> str:
        """Throw old orders away."""
        return "done"

    return server


def endless(turning: bool) -> Server[Any]:
    """Lists its tools page by page, three pages or in a circle."""

    async def list_tools(_: Any, parameters: Any) -> ListToolsResult:
        if "--hang-listing" in sys.argv:
            await anyio.sleep(60)
        if "--die-listing" in sys.argv:
            print("the disk is full", file=sys.stderr, flush=True)
            os._exit(1)
        page = int((parameters and parameters.cursor) or 0)
        tools = [Tool(name=f"tool_{page}", input_schema={"type": "object"})]
        following = str((page + 1) % 3) if turning else (str(page + 1) if page < 2 else None)
        return ListToolsResult(tools=tools, next_cursor=following)

    return Server("pages", on_list_tools=list_tools)


def untidy() -> None:
    """Talks on its output before it serves; `--broken` lists a tool without a schema."""
    print("Starting server ...", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        known = {
            "initialize": {
                "protocolVersion": asked.get("params", {}).get("protocolVersion"),
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "untidy", "version": "1"},
            },
            "tools/list": {"tools": [{"name": "a", "inputSchema": {"type": "object"}}, *BROKEN]},
        }
        answer = {"jsonrpc": "2.0", "id": asked.get("id")}
        if asked.get("method") in known:
            print(json.dumps(answer | {"result": known[asked["method"]]}), flush=True)
        elif "id" in asked:
            print(json.dumps(answer | {"error": {"code": -32601, "message": "no such method"}}), flush=True)


BROKEN = [{"name": "b"}] if "--broken" in sys.argv else []

if __name__ == "__main__":
    if "--hang" in sys.argv:
        time.sleep(60)
    if "--die" in sys.argv:
        sys.exit("no token: set SHOP_TOKEN")
    if "--untidy" in sys.argv:
        untidy()
    elif {"--pages", "--circle", "--hang-listing", "--die-listing"} & set(sys.argv):
        from mcp import stdio_server

        async def serve() -> None:
            server = endless("--circle" in sys.argv)
            async with stdio_server() as (reading, writing):
                await server.run(reading, writing, server.create_initialization_options())

        anyio.run(serve)
    elif "--http" in sys.argv:
        shop().run("streamable-http", port=int(sys.argv[-1]))
    else:
        shop().run("stdio")
