"""A stand-in for the Hugging Face Hub: makes datasets, takes commits, regular or through LFS, and says no."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Hub:
    """What the stand-in holds and how it behaves."""

    url: str = ""
    large: bool = False
    """Whether data files go through LFS."""
    refuses: int = 0
    """Status of every answer, where not 0."""
    repos: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    commits: int = 0

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**26, middlewares=[self._gate])
        app.router.add_post("/api/repos/create", self._create)
        app.router.add_post("/api/validate-yaml", self._validated)
        app.router.add_get("/api/datasets/{owner}/{name}", self._info)
        app.router.add_post("/api/datasets/{owner}/{name}/preupload/main", self._preupload)
        app.router.add_post("/api/datasets/{owner}/{name}/commit/main", self._commit)
        app.router.add_post("/datasets/{owner}/{tail}/info/lfs/objects/batch", self._batch)
        app.router.add_put("/blobs/{oid}", self._blob)
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.refuses:
            return web.json_response({"error": "no"}, status=self.refuses, headers={"X-Error-Message": "not today"})
        known = request.headers.get("Authorization") == "Bearer hf_right" or request.path.startswith("/blobs/")
        if not known:
            return web.json_response({"error": "Invalid username or password."}, status=401)
        response: web.StreamResponse = await handler(request)
        return response

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        name = f"{body.get('organization') or 'me'}/{body['name']}"
        status = 409 if name in self.repos else 200
        self.repos.setdefault(name, body)
        return web.json_response({"url": f"{self.url}/datasets/{name}", "id": name, "name": name}, status=status)

    async def _validated(self, _: web.Request) -> web.Response:
        return web.json_response({"errors": [], "warnings": []})

    async def _info(self, request: web.Request) -> web.Response:
        return web.json_response({"id": f"{request.match_info['owner']}/{request.match_info['name']}"})

    async def _preupload(self, request: web.Request) -> web.Response:
        body = await request.json()
        files = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if self.large and file["path"].startswith("data/") else "regular",
                "shouldIgnore": False,
                "oid": None,
            }
            for file in body["files"]
        ]
        return web.json_response({"files": files})

    async def _batch(self, request: web.Request) -> web.Response:
        body = await request.json()
        objects = [
            {**wanted, "actions": {"upload": {"href": f"{self.url}/blobs/{wanted['oid']}"}}}
            for wanted in body["objects"]
        ]
        return web.json_response({"transfer": "basic", "objects": objects})

    async def _blob(self, request: web.Request) -> web.Response:
        self.blobs[request.match_info["oid"]] = await request.read()
        return web.Response()

    async def _commit(self, request: web.Request) -> web.Response:
        for line in (await request.read()).splitlines():
            piece = json.loads(line)
            value = piece["value"]
            if piece["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif piece["key"] == "lfsFile":
                blob = self.blobs[value["oid"]]
                assert hashlib.sha256(blob).hexdigest() == value["oid"]
                self.files[value["path"]] = blob
        self.commits += 1
        name = f"{request.match_info['owner']}/{request.match_info['name']}"
        url = f"{self.url}/datasets/{name}/commit/{'0' * 40}"
        return web.json_response({"success": True, "commitOid": "0" * 40, "commitUrl": url, "hookOutput": ""})


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """The stand-in behind an address of this machine, for as long as the block lasts."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    runner = web.AppRunner(hub.app())

    async def serve() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield hub
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
