"""An MCP server over the folder that it is started with: reads, writes, fails, hangs."""

import asyncio
import sys
from pathlib import Path

from mcp.server.mcpserver import MCPServer

server = MCPServer("files")
FOLDER = Path(sys.argv[1])


@server.tool()
def read_file(path: str) -> str:
    """Read a file."""
    return Path(path).read_text()


@server.tool()
def write_file(path: str, content: str) -> str:
    """Write a file."""
    Path(path).write_text(content)
    return f"wrote {path}"


@server.tool()
def list_directory(path: str) -> list[str]:
    """List a folder."""
    return sorted(str(one) for one in Path(path).iterdir())


@server.tool()
async def wait_forever() -> str:
    """Never answers."""
    await asyncio.sleep(3600)
    return "never"


if __name__ == "__main__":
    if not FOLDER.is_dir():
        sys.exit(f"no folder {FOLDER}")
    server.run()
