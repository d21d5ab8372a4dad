"""Which application an MCP server stands for, told by its command line or address."""

from __future__ import annotations

import ipaddress
import re
import shlex
from urllib.parse import urlsplit

_SERVER = re.compile(r"(?i)(^|[-_@])(mcp|server)([-_@.]|$)")
_NOISE = re.compile(r"(?i)(?<![a-z0-9])(mcp[-_]server|server[-_]mcp|mcp|server)(?![a-z0-9])")


def toolkit_of(name: str, said: str = "") -> str:
    """`python -m mcp_server_git --repository .` -> `git`; `https://mcp.notion.com/mcp` -> `notion`.

    `said` is the name that the server gives itself; it counts where the address is a machine's.
    """
    if "://" in name:
        host = urlsplit(name).hostname or ""
        return _application(host) if _is_public(host) else _bare(said.rpartition("/")[2]) or host or name
    words = [word.rpartition("/")[2] for word in shlex.split(name) if not word.startswith("-")]
    named = next((word for word in words if _SERVER.search(word)), words[-1] if words else "")
    return _bare(named.partition("@")[0].removesuffix(".py").removesuffix(".js")) or name


def _is_public(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _application(host: str) -> str:
    """The longest part of a host's name, its top-level domain left out."""
    parts = [part for part in host.split(".")[:-1] if not _NOISE.fullmatch(part) and part not in ("api", "www")]
    return max(parts, key=len, default="") or host


def _bare(name: str) -> str:
    """A server's name without the words that say that it is one."""
    return _NOISE.sub("", name).strip("-_") or name
