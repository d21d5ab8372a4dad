"""The embedded model through Callwright against the bare runtime, on the same job, in one run.

    python benchmarks/embedded.py [--model default] [--requests 128] [--rounds 3]

The job: prompts of about 190 tokens of which about 170 are shared, each asking for the arguments of one call under a
JSON Schema (about 25 tokens). `raw` is openvino-genai itself with all prompts handed over at once after a warm-up of
the shared part and the same grammar; `raw_own_schema` is the same with the runtime's own JSON Schema. `valid` is the
share of whole replies under the schema. Rounds alternate, so that what else the machine does hits both; figures are
medians. Prints JSON; exit code 1 where `ratio` is under 0.9.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from callwright.llm.constraint import grammar
from callwright.llm.ir import saved_ir
from callwright.llm.openvino import OpenVINOModel, build
from callwright.llm.runtime import CACHE_GB
from callwright.llm.settings import LLMSettings
from callwright.llm.weights.cache import digest
from callwright.llm.weights.fetch import fetch
from callwright.records import Constraint, Message, Request

GOAL = 0.9
MAX_TOKENS = 96

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 3, "maxLength": 80},
        "priority": {"enum": ["low", "medium", "high", "urgent"]},
        "estimate_hours": {"type": "integer", "minimum": 1, "maximum": 40},
    },
    "required": ["title", "priority", "estimate_hours"],
    "additionalProperties": False,
}

SYSTEM = """You write the arguments of calls of the tool create_ticket as compact JSON.
create_ticket(title: string up to 80 characters, priority: low|medium|high|urgent, estimate_hours: integer 1 to 40)
Situation: the export button does nothing in Safari
{"title":"Export button does nothing in Safari","priority":"high","estimate_hours":6}
Situation: the footer still says last year
{"title":"Footer shows last year","priority":"low","estimate_hours":1}
Situation: payments fail for every customer since noon
{"title":"Payments fail for all customers","priority":"urgent","estimate_hours":12}"""

THINGS = (
    "login page",
    "search box",
    "invoice mail",
    "mobile app",
    "settings dialog",
    "CSV import",
    "dark mode",
    "sync job",
)
FAULTS = ("is slow", "shows the wrong date", "crashes", "loses what was typed", "cannot be reached", "needs a new icon")


def request(number: int, salt: str) -> Request:
    said = f"Situation: the {THINGS[number % 8]} {FAULTS[number % 6]} ({salt}{number})"
    messages = (Message(role="system", content=SYSTEM), Message(role="user", content=said))
    return Request(messages=messages, constraint=Constraint(body=SCHEMA), max_tokens=MAX_TOKENS, seed=number)


Outcome = tuple[int, list[str]]
"""Tokens generated, and the texts."""
Job = Callable[[list[Request]], Outcome]


class Raw:
    """openvino-genai with nothing around it."""

    def __init__(self, source: str) -> None:
        import openvino_genai

        self.genai = openvino_genai
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.cache_size = CACHE_GB
        scheduler.enable_prefix_caching = True
        scheduler.max_num_batched_tokens = 2048
        self.pipeline = openvino_genai.ContinuousBatchingPipeline(source, scheduler, "CPU")
        self.tokenizer = self.pipeline.get_tokenizer()

    def run(self, requests: list[Request], bound: tuple[str, str]) -> Outcome:
        prompts = [
            self.tokenizer.apply_chat_template(
                [{"role": message.role, "content": message.content} for message in request.messages],
                add_generation_prompt=True,
            )
            for request in requests
        ]
        configs = [self.config(request, bound) for request in requests]
        self.pipeline.generate(prompts[:1], configs[:1])
        results = self.pipeline.generate(prompts[1:], configs[1:])
        texts = [result.m_generation_ids[0] for result in results]
        return sum(self.tokenizer.encode(text).input_ids.shape[1] + 1 for text in texts), texts  # one ends each

    def config(self, request: Request, bound: tuple[str, str]) -> Any:
        config = self.genai.GenerationConfig(
            max_new_tokens=MAX_TOKENS, do_sample=True, temperature=0.7, rng_seed=request.seed, apply_chat_template=False
        )
        config.structured_output_config = self.genai.StructuredOutputConfig(**{bound[0]: bound[1]})
        return config


def ours(loop: asyncio.Runner, model: OpenVINOModel, requests: list[Request]) -> Outcome:
    async def all_at_once() -> Outcome:
        replies = (await asyncio.gather(*(model.complete(one) for one in requests)))[1:]
        return sum(reply.completion_tokens for reply in replies), [reply.text for reply in replies]

    return loop.run(all_at_once())


def valid(text: str) -> bool:
    try:
        return jsonschema_rs.is_valid(SCHEMA, orjson.loads(text))
    except orjson.JSONDecodeError:
        return False


def cpu_s() -> float:
    """CPU seconds of this process and its living children (Linux; elsewhere of this process alone)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def timed(job: Job, requests: list[Request]) -> dict[str, float]:
    start, cpu = time.monotonic(), cpu_s()
    tokens, texts = job(requests)
    wall_s, spent_s, count = time.monotonic() - start, cpu_s() - cpu, len(texts)
    return {
        "tokens_per_s": tokens / wall_s,
        "tokens_per_cpu_s": tokens / spent_s,
        "objects_per_s": count / wall_s,
        "tokens_per_object": tokens / count,
        "valid": sum(map(valid, texts)) / count,
    }


def measured(name: str, count: int, rounds: int) -> dict[str, Any]:
    path = fetch(name)
    raw = Raw(str(saved_ir(path, digest(path))))
    loop, model = asyncio.Runner(), build(LLMSettings(provider="local", model=name))
    same, own = grammar(Constraint(body=SCHEMA)), ("json_schema", json.dumps(SCHEMA))
    jobs: dict[str, Job] = {
        "raw": lambda requests: raw.run(requests, same),
        "callwright": lambda requests: ours(loop, model, requests),
        "raw_own_schema": lambda requests: raw.run(requests, own),
    }
    for job in jobs.values():  # the first use of a grammar compiles it
        job([request(number, "warm") for number in range(2)])
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in jobs}
    for number in range(rounds):
        requests = [request(index, f"r{number}-") for index in range(count)]
        for job_name, job in jobs.items():
            seen[job_name].append(timed(job, requests))
            print(job_name, seen[job_name][-1], file=sys.stderr)
    loop.run(model.close())
    loop.close()
    medians = {
        job_name: {key: round(statistics.median(one[key] for one in all_), 2) for key in all_[0]}
        for job_name, all_ in seen.items()
    }
    ratios = [b["tokens_per_s"] / a["tokens_per_s"] for a, b in zip(seen["raw"], seen["callwright"], strict=True)]
    return {
        "model": model.id,
        "requests": count,
        "rounds": rounds,
        **medians,
        "ratio": round(statistics.median(ratios), 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="default")
    parser.add_argument("--requests", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    result = measured(given.model, given.requests, given.rounds)
    print(json.dumps(result, indent=2))
    return 0 if result["ratio"] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
