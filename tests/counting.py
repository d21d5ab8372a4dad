"""An endpoint that answers noise within the schema, counts what it is asked, and fails what it is told to fail."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from callwright.tools.values import Values

Body = dict[str, Any]


class CountingEndpoint:
    """Use it in a `with`. The noise depends on the request alone; `fails` says which requests get `status`."""

    def __init__(self, delay_s: float = 0.0, fails: Callable[[Body], bool] = lambda _: False) -> None:
        self.delay_s = delay_s
        self.fails = fails
        self.status = 500
        self.asked: Counter[str] = Counter()
        """Digest of a request -> how often it came and was not failed."""
        self.in_flight = 0
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    @property
    def requests(self) -> int:
        return self.asked.total()

    @property
    def repeats(self) -> int:
        return self.requests - len(self.asked)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        runner = web.AppRunner(self._application(), shutdown_timeout=0)

        async def serve() -> None:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"

        self._loop.run_until_complete(serve())
        self._loop.call_soon(
            self._ready.set
        )  # not before: a loop that is stopped before it runs for ever runs for ever
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/v1/chat/completions", self._completed)
        return app

    async def _completed(self, request: web.Request) -> web.Response:
        body: Body = json.loads(await request.read())
        self.in_flight += 1
        try:
            await asyncio.sleep(self.delay_s)
        finally:
            self.in_flight -= 1
        if self.fails(body):
            return web.json_response({"error": {"message": "out of order"}}, status=self.status)
        self.asked[digest(body)] += 1
        return web.json_response(completion(body))


def digest(body: Body) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def completion(body: Body) -> Body:
    """What the endpoint answers to `body`."""
    rng = random.Random(digest(body))
    shape = body.get("response_format") or {}
    words = " ".join(rng.choice(["open", "review", "invoice", "harbor", "lantern"]) for _ in range(9))
    content = json.dumps(Values(rng).sample(shape["json_schema"]["schema"])) if shape else words
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return {"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": max(1, len(content) // 4)}}
