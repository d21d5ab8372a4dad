"""OpenAI's batch interface: requests are collected into files, answered within a day, at half the price.

https://platform.openai.com/docs/api-reference/batch: a JSON-lines file is uploaded (`/files`), a batch made of it
(`/batches`), looked at until it is done, and its output file read. Rows go on step by step: each batch holds the next
request of every row under way. A run that is killed finds its batches again (`handed.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from callwright.errors import BadRequest, ModelError, ServerError, UnknownModel
from callwright.handed import Handed
from callwright.llm.openai import OpenAIModel
from callwright.llm.settings import BatchSettings, LLMSettings
from callwright.plugins import Event, Watcher
from callwright.records import Reply, Request

MOST_FILE_BYTES = 180_000_000
"""OpenAI takes 200 MB."""
MOST_PAGES = 20
"""Of the provider's list of batches, when a name is looked for."""
_ENDED = ("completed", "expired", "cancelled")
_BOUNDARY = "callwright-7f3a9c51e2"


class BatchModel(OpenAIModel):
    """Answers each request when the batch that holds it is done."""

    most_bytes = 2_000_000_000

    def __init__(self, settings: LLMSettings, handed: Handed, watch: Watcher) -> None:
        super().__init__(settings)
        self._wanted = settings.batch or BatchSettings()
        self._handed = handed
        self._watch = watch
        self._waiting: dict[str, tuple[Request, asyncio.Future[Reply]]] = {}
        self._queue: dict[str, int] = {}
        """Requests that no batch holds yet, and how often they failed in one."""
        self._ready: dict[str, bytes] = {}
        """Answers that nobody has asked for yet, of batches that an earlier process handed in."""
        self._attended: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def complete(self, request: Request) -> Reply:
        key = request.key(self.id)
        if key in self._ready:
            return self._priced(self._ready.pop(key), request)
        if key not in self._waiting:
            self._waiting[key] = request, asyncio.get_running_loop().create_future()
            if name := self._handed.batch_of(key):
                self._attend(name)
            else:
                self._enqueue(key, 0)
        return await asyncio.shield(self._waiting[key][1])

    async def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        tasks = list(self._attended.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _, future in self._waiting.values():
            future.cancel()
        await super().close()

    # --- collecting -----------------------------------------------------------------------------------------------

    def _enqueue(self, key: str, failures: int) -> None:
        self._queue[key] = failures
        if self._timer:
            self._timer.cancel()
        full = len(self._queue) >= self._wanted.max_requests
        self._timer = asyncio.get_running_loop().call_later(0 if full else self._wanted.linger_s, self._hand_in)

    def _hand_in(self) -> None:
        """Make a batch of what is queued: as a task, from the loop's timer."""
        lines: dict[str, bytes] = {}
        size = 0
        for key in list(self._queue)[: self._wanted.max_requests]:
            line = self._line(key)
            size += len(line)
            if lines and size > MOST_FILE_BYTES:
                break
            lines[key] = line
        failures = {key: self._queue.pop(key) for key in lines}
        if not lines:
            return
        name = (
            "callwright-"
            + hashlib.sha256("".join([*sorted(lines), *map(str, failures.values())]).encode()).hexdigest()[:40]
        )
        self._handed.name(name, list(lines))
        for _ in lines:
            self._watch(Event("sent"))
        self._attended[name] = asyncio.create_task(self._see_through(name, lines, failures))
        if self._queue:
            self._enqueue(next(iter(self._queue)), next(iter(self._queue.values())))

    def _line(self, key: str) -> bytes:
        body = self._body(self._waiting[key][0])
        return orjson.dumps({"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body}) + b"\n"

    def _attend(self, name: str) -> None:
        """See to a batch that an earlier process handed in."""
        if name not in self._attended:
            self._attended[name] = asyncio.create_task(self._see_through(name, {}, {}))

    # --- one batch ------------------------------------------------------------------------------------------------

    async def _see_through(self, name: str, lines: dict[str, bytes], failures: dict[str, int]) -> None:
        try:
            identifier = self._handed.id_of(name) or await self._found(name) if not lines else ""
            if not identifier and lines:
                identifier = await self._handed_in(name, lines)
            answers = await self._answers(identifier) if identifier else {}
            self._deliver(name, answers, failures)
        except ModelError as error:
            self._fail([key for key in self._waiting if self._handed.batch_of(key) == name], error)
            if isinstance(error, BadRequest | UnknownModel):
                self._handed.forget(name)
        finally:
            for _ in lines:
                self._watch(Event("returned"))
            self._attended.pop(name, None)

    async def _handed_in(self, name: str, lines: dict[str, bytes]) -> str:
        """Upload the file, make the batch, keep its id. Raises `ModelError`."""
        file = _json(await self._patiently("POST", "/files", _form(name, lines.values()), _FORM))
        wanted = {
            "input_file_id": file.get("id"),
            "endpoint": "/v1/chat/completions",
            "completion_window": self._wanted.window,
            "metadata": {"callwright": name},
        }
        batch = _json(await self._patiently("POST", "/batches", orjson.dumps(wanted)))
        identifier = str(batch.get("id") or "")
        if not identifier:
            raise ServerError(f"{self._place}: the batch that was made has no id.")
        self._handed.put_id(name, identifier)
        self._watch(Event("note", f"batch {identifier}: {len(lines):,} requests are handed in"))
        return identifier

    async def _found(self, name: str) -> str:
        """The id of the batch that bears the name; empty where there is none. Raises `ModelError`."""
        after = ""
        for _ in range(MOST_PAGES):
            page = _json(await self._patiently("GET", f"/batches?limit=100{after}"))
            batches = [batch for batch in page.get("data") or [] if isinstance(batch, dict)]
            for batch in batches:
                if (batch.get("metadata") or {}).get("callwright") == name:
                    self._handed.put_id(name, str(batch["id"]))
                    return str(batch["id"])
            if not page.get("has_more") or not batches:
                break
            after = f"&after={batches[-1].get('id')}"
        return ""

    async def _answers(self, identifier: str) -> dict[str, bytes]:
        """Key -> the line of its answer, once the batch is done. Raises `ModelError`."""
        while True:
            batch = _json(await self._patiently("GET", f"/batches/{identifier}"))
            state = batch.get("status")
            if state == "failed":
                errors = (batch.get("errors") or {}).get("data") or [{}]
                raise BadRequest(f"{self._place}: batch {identifier} failed: {str(errors[0].get('message'))[:200]}.")
            if state in _ENDED:
                break
            await asyncio.sleep(self._wanted.poll_s)
        found: dict[str, bytes] = {}
        for field in ("output_file_id", "error_file_id"):
            if file := batch.get(field):
                raw = await self._patiently("GET", f"/files/{file}/content")
                found |= {key: line for line in raw.splitlines() if (key := _key_of(line))}
        return found

    async def _patiently(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        """As `_answered`, again and again while a retry can help."""
        for attempt in range(self._settings.retries + 1):
            try:
                return await self._answered(method, path, body, kind)
            except ModelError as error:
                if not error.retryable or attempt == self._settings.retries:
                    raise
                self._watch(Event("retry", str(error), {"attempt": attempt}))
                await asyncio.sleep(min(self._wanted.poll_s, 0.25 * 2**attempt))
        raise AssertionError("unreachable")

    # --- answers --------------------------------------------------------------------------------------------------

    def _deliver(self, name: str, answers: dict[str, bytes], failures: dict[str, int]) -> None:
        """Answer whoever waits; what came back without an answer is handed in again."""
        again: list[str] = []
        for key in [key for key in self._waiting if self._handed.batch_of(key) == name]:
            request, future = self._waiting[key]
            try:
                reply = self._priced(answers[key], request)
            except (KeyError, ServerError) as error:
                if failures.get(key, 0) < self._settings.retries:
                    again.append(key)
                else:
                    self._fail([key], error if isinstance(error, ServerError) else _unanswered(self._place))
            except ModelError as error:
                self._fail([key], error)
            else:
                del self._waiting[key]
                future.set_result(reply)
        self._ready |= {key: line for key, line in answers.items() if key not in self._waiting and not failures}
        if again or not answers:
            self._handed.forget(name)
        for key in again:
            self._enqueue(key, failures.get(key, 0) + 1)

    def _fail(self, keys: Sequence[str], error: ModelError) -> None:
        for key in keys:
            self._waiting.pop(key)[1].set_exception(error)

    def _priced(self, line: bytes, request: Request) -> Reply:
        """The reply in a line of an output file. Raises `ServerError` for what may be answered another time."""
        answer = _json(line)
        response = answer.get("response") or {}
        status = response.get("status_code")
        if status != 200:
            said = str(answer.get("error") or response.get("body"))[:200]
            kind = (
                BadRequest
                if isinstance(status, int) and 400 <= status < 500 and status not in (408, 429)
                else ServerError
            )
            raise kind(f"{self._place}: {status}: {self._without_key(said)}.")
        reply = self._reply(orjson.dumps(response.get("body")), request)
        price = self._settings.price
        return reply.model_copy(update={"cost": price.of(reply) * self._wanted.price_share}) if price else reply


_FORM = f"multipart/form-data; boundary={_BOUNDARY}"


def _form(name: str, lines: Iterable[bytes]) -> bytes:
    """The upload of a batch file (RFC 7578)."""
    about = 'Content-Disposition: form-data; name="'
    head = (
        f"--{_BOUNDARY}",
        f'{about}purpose"',
        "",
        "batch",
        f"--{_BOUNDARY}",
        f'{about}file"; filename="{name}.jsonl"',
        "Content-Type: application/jsonl",
        "",
        "",
    )
    return "\r\n".join(head).encode() + b"".join(lines) + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _json(raw: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ServerError(f"the server's answer is not JSON: {raw[:60]!r}.") from error
    if not isinstance(value, dict):
        raise ServerError("the server's answer is not a JSON object.")
    return value


def _key_of(line: bytes) -> str:
    try:
        return str(orjson.loads(line)["custom_id"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def _unanswered(place: str) -> ServerError:
    return ServerError(f"{place}: the batch ended without an answer to this request.")
