import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.importers.mcp_names import toolkit_of


@pytest.mark.parametrize(
    ("name", "said", "toolkit"),
    [
        ("mcp-server-git --repository /x", "mcp-git", "git"),
        ("python -m mcp_server_time", "", "time"),
        ("npx -y @modelcontextprotocol/server-filesystem /tmp", "", "filesystem"),
        ("npx -y @modelcontextprotocol/server-filesystem@2026.1.14 /tmp", "", "filesystem"),
        ("npx --prefix /x/mcpnpm mcp-server-everything stdio", "", "everything"),
        ("node build/github-mcp-server.js", "", "github"),
        ("uvx some-tool", "", "some-tool"),
        ("./server", "", "server"),
        ("https://mcp.notion.com/mcp", "Notion", "notion"),
        ("https://api.example.co.uk:8000/mcp", "", "example"),
        ("http://localhost:3001/mcp", "mcp-servers/everything", "everything"),
        ("http://127.0.0.1:3001/mcp", "", "127.0.0.1"),
    ],
)
def test_a_server_is_named_after_what_it_serves(name: str, said: str, toolkit: str) -> None:
    assert toolkit_of(name, said) == toolkit


@given(words=st.lists(st.from_regex(r"[a-zA-Z0-9_@./-]{1,12}", fullmatch=True), min_size=1), said=st.text(max_size=20))
def test_every_server_has_a_name(words: list[str], said: str) -> None:
    assert toolkit_of(" ".join(words), said)
    assert toolkit_of(f"http://{'.'.join(word.strip('@./') or 'x' for word in words)}/mcp", said)
