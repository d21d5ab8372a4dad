"""A server that speaks OpenAI's batch interface, as far as a client can tell; answers as `tests.counting` does."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from typing import Any, Self

from aiohttp import web
from tests.counting import completion, digest

Json = dict[str, Any]


class BatchServer:
    """Use it in a `with`. A batch is done after `looks` looks at it."""

    def __init__(self, looks: int = 1) -> None:
        self.looks = looks
        self.url = ""
        self.files: dict[str, bytes] = {}
        self.batches: list[Json] = []
        self.asked: Counter[str] = Counter()
        """custom_id -> in how many batches it was."""
        self.failing: set[int] = set()
        """Numbers of requests (from 0, over all batches) that get a 500 of their own."""
        self.ends_as = "completed"
        self.share = 1.0
        """Of a batch's requests that are answered; the rest is in no file."""
        self.hold = threading.Event()
        """Made batches are answered for only once it is set."""
        self.hold.set()
        self.made = threading.Event()
        self._seen = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
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
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/files", self._uploaded)
        app.router.add_get("/v1/files/{id}/content", self._content)
        app.router.add_post("/v1/batches", self._begun)
        app.router.add_get("/v1/batches", self._listed)
        app.router.add_get("/v1/batches/{id}", self._looked_at)
        return app

    async def _uploaded(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["purpose"] == "batch"
        file = form["file"]
        assert isinstance(file, web.FileField)
        name = f"file-{len(self.files)}"
        self.files[name] = file.file.read()
        return web.json_response({"id": name, "object": "file", "purpose": "batch"})

    async def _begun(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        assert wanted["endpoint"] == "/v1/chat/completions"
        batch = {**wanted, "id": f"batch_{len(self.batches)}", "object": "batch", "status": "in_progress", "looks": 0}
        lines = self.files[wanted["input_file_id"]].splitlines()
        self.asked.update(json.loads(line)["custom_id"] for line in lines)
        self.batches.append(batch)
        self.made.set()
        await asyncio.to_thread(self.hold.wait, 30)
        return web.json_response(batch)

    async def _listed(self, request: web.Request) -> web.Response:
        after = request.query.get("after")
        newest = self.batches[::-1]
        start = next((at + 1 for at, batch in enumerate(newest) if batch["id"] == after), 0)
        return web.json_response({"data": newest[start : start + 2], "has_more": start + 2 < len(newest)})

    async def _looked_at(self, request: web.Request) -> web.Response:
        batch = next(batch for batch in self.batches if batch["id"] == request.match_info["id"])
        batch["looks"] += 1
        if batch["looks"] > self.looks and batch["status"] == "in_progress":
            batch["status"] = self.ends_as
            if self.ends_as == "failed":
                batch["errors"] = {"data": [{"message": "line 1 is no request"}]}
            else:
                self._answer(batch)
        return web.json_response(batch)

    def _answer(self, batch: Json) -> None:
        good, bad = list[str](), list[str]()
        lines = self.files[batch["input_file_id"]].splitlines()
        for line in lines[: max(1, round(len(lines) * self.share))]:
            asked = json.loads(line)
            failed = self._seen in self.failing
            self._seen += 1
            response = (
                {"status_code": 500, "body": {}} if failed else {"status_code": 200, "body": completion(asked["body"])}
            )
            said = {"id": digest(asked), "custom_id": asked["custom_id"], "response": response, "error": None}
            (bad if failed else good).append(json.dumps(said))
        for field, said_lines in (("output_file_id", good), ("error_file_id", bad)):
            if said_lines:
                batch[field] = f"file-{len(self.files)}"
                self.files[batch[field]] = "\n".join(reversed(said_lines)).encode()

    async def _content(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])
