"""What tests of several packages use."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
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

FAULTS = ("500", "429", "cut", "wrong", "drop")
ARRIVALS: web.AppKey[itertools.count[int]] = web.AppKey("arrivals")
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
    app[ARRIVALS] = itertools.count()
    app.router.add_post("/v1/chat/completions", _completed)
    app.router.add_get("/v1/models", _models)
    return app


async def _completed(request: web.Request) -> web.Response:
    """Noise that depends on the request alone; 401 for the key `wrong`, 404 for the model `unknown`.

    The model `faulty` fails every fifth request, each time in the next of the ways of `FAULTS`. With tools and no
    schema, one of the tools is called.
    """
    body: dict[str, Any] = json.loads(await request.read())
    if request.headers.get("Authorization") == "Bearer wrong":
        return web.json_response({"error": {"message": "no such key"}}, status=401)
    if body["model"] == "unknown":
        return web.json_response({"error": {"message": "no such model"}}, status=404)
    if body["model"] == "slow":
        await asyncio.sleep(0.3)
    fault = _fault(request.app) if body["model"] == "faulty" else ""
    if fault.isdigit():
        return web.json_response({"error": {"message": "overloaded"}}, status=int(fault), headers={"Retry-After": "0"})
    if fault == "drop" and request.transport is not None:
        request.transport.close()
    message = _message(body)
    content = message["content"]
    message["content"] = {"cut": content[: len(content) // 2], "wrong": '{"unexpected": 1}'}.get(fault, content)
    choice = {"index": 0, "message": message, "finish_reason": "length" if fault == "cut" else "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": max(1, len(content) // 4)}
    return web.json_response({"choices": [choice], "usage": usage})


def _fault(app: web.Application) -> str:
    arrivals = app[ARRIVALS]
    number, place = divmod(next(arrivals), 5)
    return FAULTS[number % len(FAULTS)] if place == 0 else ""


def _message(body: dict[str, Any]) -> dict[str, Any]:
    rng = random.Random(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest())
    shape = body.get("response_format") or {}
    if shape.get("type") == "json_schema":
        return {"role": "assistant", "content": json.dumps(Values(rng).sample(shape["json_schema"]["schema"]))}
    if body.get("tools"):
        function = rng.choice(body["tools"])["function"]
        said = {"name": function["name"], "arguments": json.dumps(Values(rng).sample(function["parameters"]))}
        return {"role": "assistant", "content": "", "tool_calls": [{"id": "c0", "type": "function", "function": said}]}
    words = (rng.choice(["open", "review", "invoice", "harbor", "lantern"]) for _ in range(9))
    return {"role": "assistant", "content": " ".join(words)}


async def _models(request: web.Request) -> web.Response:
    return web.json_response({"data": [{"id": "noise"}, {"id": "slow"}]})
