"""What tests of several packages use."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, settings

from callwright.tools.values import Values

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="session")
def cases() -> Path:
    """Published configurations and tool files, unmodified."""
    return CASES


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Base URL of an OpenAI-compatible endpoint that answers noise within the schema that it is given."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    runner = web.AppRunner(_noise())
    ports: list[int] = []

    async def serve() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ports.append(runner.addresses[0][1])
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield f"http://127.0.0.1:{ports[0]}/v1"
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def _noise() -> web.Application:
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/chat/completions", _completed)
    app.router.add_get("/v1/models", _models)
    return app


async def _completed(request: web.Request) -> web.Response:
    """Noise that depends on the request alone; 401 for the key `wrong`, 404 for the model `unknown`."""
    body: dict[str, Any] = json.loads(await request.read())
    if request.headers.get("Authorization") == "Bearer wrong":
        return web.json_response({"error": {"message": "no such key"}}, status=401)
    if body["model"] == "unknown":
        return web.json_response({"error": {"message": "no such model"}}, status=404)
    if body["model"] == "slow":
        await asyncio.sleep(0.3)
    rng = random.Random(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest())
    shape = body.get("response_format") or {}
    schema = shape["json_schema"]["schema"] if shape.get("type") == "json_schema" else None
    content = " ".join(rng.choice(["open", "review", "invoice", "harbor", "lantern"]) for _ in range(9))
    if schema is not None:
        content = json.dumps(Values(rng).sample(schema))
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": max(1, len(content) // 4)}
    return web.json_response({"choices": [choice], "usage": usage})


async def _models(request: web.Request) -> web.Response:
    return web.json_response({"data": [{"id": "noise"}, {"id": "slow"}]})
