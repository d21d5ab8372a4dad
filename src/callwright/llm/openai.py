"""Every server that speaks OpenAI's chat completions: OpenAI, vLLM, SGLang, llama-server, Ollama, OpenRouter, Gemini.

The protocol is one POST, so it is said here with aiohttp and orjson instead of through the SDK: 0.17 against 0.84
CPU seconds per 1,000 requests (benchmarks/endpoint_speed.py), which decides whether one process keeps 128 slots busy.
"""

from __future__ import annotations

import os
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
import orjson

from callwright.errors import ConfigError, ServerError, TimedOut, Unreachable
from callwright.llm.openai_errors import error_of
from callwright.llm.settings import LLMSettings
from callwright.llm.sockets import small_reads, small_sealed_reads
from callwright.llm.strict import strict_schema, without_nulls
from callwright.llm.urls import without_secrets
from callwright.records import Constraint, Message, Reply, Request, ToolCall
from callwright.text import CONTROL

HOMES = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "ollama": ("http://localhost:11434/v1", "OLLAMA_API_KEY"),
    "openrouter": ("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "gemini": ("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "vllm": ("http://localhost:8000/v1", "VLLM_API_KEY"),
}
"""Provider -> (base URL, environment variable of its key)."""
MAX_ANSWER_BYTES = 32_000_000
IDLE_S = 4.0
"""A connection is not used again after so long: vLLM and llama.cpp end it after 5 s, and a request would be lost."""
JSON = "application/json"
HIDDEN = "***"
SECRET_CHARS = 12
"""A shorter key ("none", "ollama") is a word that any reply may hold."""


class OpenAIModel:
    """One model behind one base URL."""

    most_bytes = MAX_ANSWER_BYTES

    def __init__(self, settings: LLMSettings) -> None:
        home, variable = HOMES.get(settings.provider, HOMES["openai"])
        self.base_url = (settings.base_url or os.environ.get("OPENAI_BASE_URL") or home).rstrip("/")
        self.id = f"{settings.provider}/{settings.model}"
        self._settings = settings
        self._key = _key(settings, variable)
        self._secret = self._key if len(self._key) >= SECRET_CHARS else ""
        self._place = without_secrets(self.base_url)
        self._session: aiohttp.ClientSession | None = None
        self._constraint = _constraint_form(settings, self.base_url)

    async def complete(self, request: Request) -> Reply:
        body = self._body(request)
        raw = await self._answered("POST", "/chat/completions", orjson.dumps(body))
        return self._reply(raw, request)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def models(self) -> list[str]:
        """Names of the models that the server has. Raises `ModelError`."""
        listed = _json(await self._answered("GET", "/models")).get("data")
        entries = listed if isinstance(listed, list) else []
        return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]

    def _body(self, request: Request) -> dict[str, Any]:
        wanted = self._settings
        body: dict[str, Any] = {
            "model": wanted.model,
            "messages": [_message(message) for message in request.messages],
            "temperature": wanted.temperature if request.temperature is None else request.temperature,
        }
        for name in ("top_p", "top_k", "min_p", "seed"):
            value = getattr(request, name)
            value = getattr(wanted, name, None) if value is None else value
            if value is not None:
                body[name] = value
        limits = [limit for limit in (request.max_tokens, wanted.max_tokens) if limit]
        if limits:
            body["max_completion_tokens" if "api.openai.com" in self.base_url else "max_tokens"] = min(limits)
        if request.stop:
            body["stop"] = list(request.stop)
        if request.tools:
            body["tools"] = list(request.tools)
        if request.constraint:
            body.update(_said(request.constraint, self._constraint))
        return body

    async def _answered(self, method: str, path: str, body: bytes | None = None, kind: str = JSON) -> bytes:
        """The body of the server's answer. Raises `ModelError` for whatever is no success."""
        headers = {"Content-Type": kind}
        try:
            async with self._client().request(method, self.base_url + path, data=body, headers=headers) as response:
                raw = await self._read(response)
                if response.status >= 400:
                    raise error_of(response, raw, self._place, self._settings.model, self._without_key)
                return raw.replace(self._secret.encode(), HIDDEN.encode()) if self._secret else raw
        except aiohttp.ConnectionTimeoutError as error:
            raise Unreachable(f"{self._place}: no connection within {self._settings.connect_timeout_s:g} s.") from error
        except TimeoutError as error:
            raise TimedOut(f"{self._place}: no answer within {self._settings.timeout_s:g} s.") from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise ConfigError(f"llm.base_url: {self._place!r} is not a URL.") from error
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"{self._place}: {self._without_key(str(error))}.") from error
        except aiohttp.ClientError as error:
            said = self._without_key(str(error)) or type(error).__name__
            raise ServerError(f"{self._place}: the connection broke: {said}.") from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """The whole body, unpacked, up to a limit: a server must not be able to fill the memory."""
        raw = bytearray()
        async for piece in response.content.iter_any():
            raw += piece
            if len(raw) > self.most_bytes:
                raise ServerError(f"{self._place}: the answer is longer than {self.most_bytes:,} bytes.")
        return bytes(raw)

    def _without_key(self, text: str) -> str:
        """Servers repeat the key that they refuse, and errors a URL: neither is to be seen or kept."""
        text = text.replace(self.base_url, self._place)
        return text.replace(self._secret, HIDDEN) if self._secret else text

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._key and not urlsplit(self.base_url).username:  # one way to say who asks is all that HTTP has
                headers["Authorization"] = f"Bearer {self._key}"
            timeout = aiohttp.ClientTimeout(
                total=self._settings.timeout_s, sock_connect=self._settings.connect_timeout_s
            )
            connector = aiohttp.TCPConnector(
                limit=0,
                ttl_dns_cache=300,
                keepalive_timeout=IDLE_S,
                socket_factory=small_reads,
                ssl=small_sealed_reads() if self.base_url.startswith("https") else True,
            )
            self._session = aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector)
        return self._session

    def _reply(self, raw: bytes, request: Request) -> Reply:
        body = _json(raw)
        try:
            choice = body["choices"][0]
            message = choice["message"]
            usage = body.get("usage") or {}
            text = message.get("content") or ""
            if not text.strip() and request.constraint:
                text = message.get("reasoning_content") or message.get("reasoning") or ""
            if request.constraint and self._constraint == "strict":
                text = without_nulls(text, request.constraint)
            finish = choice.get("finish_reason")
            return Reply(
                text=text,
                finish=finish if finish in ("stop", "length", "tool_calls") else "other",
                tool_calls=tuple(_tool_call(call) for call in message.get("tool_calls") or ()),
                prompt_tokens=usage.get("prompt_tokens") or 0,
                completion_tokens=usage.get("completion_tokens") or 0,
            )
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise ServerError(f"{self._place}: the answer is no chat completion ({error!r}).") from error


def build(settings: LLMSettings) -> OpenAIModel:
    """The table line's builder. Raises `ConfigError` where the settings name no model."""
    if not settings.model:
        raise ConfigError("llm.model: names no model.", hint="Add `model: NAME` under `llm`, or give --model.")
    return OpenAIModel(settings)


Form = Literal["json_schema", "strict", "guided_json", "json_object", "none"]


def _key(settings: LLMSettings, variable: str) -> str:
    """The API key, empty where none is given. Raises `ConfigError` for one that no header can hold."""
    key = (settings.api_key or os.environ.get(variable) or os.environ.get("OPENAI_API_KEY") or "").strip()
    if CONTROL.search(key) or "\n" in key or "\t" in key:
        raise ConfigError("llm.api_key: holds a line feed or another character that no HTTP header can hold.")
    return key


def _constraint_form(settings: LLMSettings, base_url: str) -> Form:
    if settings.constraint != "auto":
        return settings.constraint
    return "strict" if "api.openai.com" in base_url else "json_schema"


def _said(constraint: Constraint, form: Form) -> dict[str, Any]:
    """The constraint in the fields that this kind of server reads."""
    if constraint.kind == "regex":
        return {"structured_outputs": {"regex": constraint.body}}
    if constraint.kind in ("lark", "gbnf"):
        return {"structured_outputs": {"grammar": constraint.body}, "grammar": constraint.body}
    if constraint.kind == "structural_tag":
        return {"response_format": {"type": "structural_tag", **_as_dict(constraint.body)}}
    schema = _as_dict(constraint.body)
    match form:
        case "json_schema":
            return {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}}
        case "strict":
            wanted = {"name": "reply", "schema": strict_schema(schema), "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": wanted}}
        case "guided_json":
            return {"guided_json": schema}
        case "json_object":
            return {"response_format": {"type": "json_object"}}
    return {}


def _as_dict(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else dict(orjson.loads(body))


def _message(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        said["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        said["tool_call_id"] = message.tool_call_id
    return said


def _tool_call(call: dict[str, Any]) -> ToolCall:
    """A call as the server gave it; arguments that are no JSON object are kept under `_raw` for the checks to see."""
    text = call["function"].get("arguments") or "{}"
    try:
        arguments = text if isinstance(text, dict) else orjson.loads(text)
    except orjson.JSONDecodeError:
        arguments = None
    known = arguments if isinstance(arguments, dict) else {"_raw": text}
    return ToolCall(id=str(call.get("id") or ""), name=str(call["function"]["name"]), arguments=known)


def _json(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ServerError(f"the server's answer is not JSON: {raw[:60]!r}.") from error
    if not isinstance(body, dict):
        raise ServerError("the server's answer is not a JSON object.")
    return body
