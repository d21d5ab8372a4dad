"""What a mask costs: a whole-dialogue grammar in Funcdex's style against each form of the dialogue language.

    python benchmarks/grammar.py [--gguf FILE] [--quick]        # pip install llguidance xgrammar gguf tokenizers
    python benchmarks/grammar.py --embedded small               # tokens a CPU second on the embedded model instead

One thread, the tokenizer of the embedded model read from its GGUF file, one dialogue; for every token of it the mask
is computed and the token accepted. Times are the thread's CPU times: of each token the median of three
passes over the dialogue, each with a fresh matcher. The dialogue is the same for all grammars; those for JSON read it
as JSON. The Funcdex-style grammar is written here after that project's description: prose is `[^<]` under right
recursion, a call any JSON, at least six user turns. An engine that is not installed is left out; one that gives up on
a grammar is said to, with the tokens that it read. Prints a table, then JSON; exit code 1 where a form of ours is not
within the goal.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callwright.dialogue.gbnf import gbnf
from callwright.dialogue.language import Decided, Item, Spoken, free, planned
from callwright.dialogue.lark import lark
from callwright.dialogue.parse import parse
from callwright.dialogue.schema import json_schema
from callwright.dialogue.tag import structural_tag
from callwright.dialogue.write import write
from callwright.llm.constraint import grammar
from callwright.llm.ir import saved_ir
from callwright.llm.weights.cache import digest, locate
from callwright.records import Constraint, Tool
from callwright.tools.decided import undecided

GOAL_US = 50.0
GOAL_RATIO = 500.0
PASSES = 3
TURNS = 7

TOOLS = (
    Tool(
        name="create_issue",
        description="Create an issue",
        parameters={
            "type": "object",
            "properties": {
                "repository": {"type": "string"},
                "title": {"type": "string", "minLength": 3},
                "body": {"type": "string"},
                "labels": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
                "priority": {"enum": ["low", "medium", "high"]},
            },
            "required": ["repository", "title"],
            "additionalProperties": False,
        },
    ),
    Tool(
        name="search_issues",
        description="Search issues",
        parameters={
            "type": "object",
            "properties": {
                "query": {"type": "string"},
                "state": {"enum": ["open", "closed"]},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50},
            },
            "required": ["query"],
            "additionalProperties": False,
        },
    ),
)

USERS = (
    "The export to CSV has been empty since Monday for everybody on the sales team. Can you look whether somebody "
    "reported that already, 5 results will do, and open an issue in acme/reports if not?",
    "Good. One more thing: the totals on the dashboard are wrong whenever the filter is set to last quarter, at least "
    "for the customers in the north region. Please check for it and file it too, with high priority.",
)
ANSWERS = (
    "Nobody had reported the empty export yet, so I opened issue 8812 in acme/reports with the label export. The two "
    "older reports are about the size of the file and are closed.",
    "I found one open report that is about another filter, and opened issue 8813 for the wrong totals with high "
    "priority. It names the region and the quarter that you mentioned.",
)


def talk() -> dict[str, Any]:
    """A dialogue of about 1,500 tokens: every turn searches, then creates."""
    turns = []
    for number in range(TURNS):
        query = {"query": ("empty CSV export", "wrong totals last quarter")[number % 2], "state": "open", "limit": 5}
        found = [{"number": 412 + number, "title": "Export is slow", "state": "closed", "labels": ["export"]}]
        made = {
            "repository": "acme/reports",
            "title": ("CSV export is empty", "Totals wrong for last quarter")[number % 2],
            "body": "Seen since Monday by everybody on the sales team.",
            "labels": ["export"],
            "priority": "high",
        }
        calls = [
            ("search_issues", query, {"total": 1, "items": found}),
            ("create_issue", made, {"number": 8812 + number}),
        ]
        steps = [{"calls": [{"call": {"name": n, "arguments": a}, "result": r}]} for n, a, r in calls]
        turns.append({"user": USERS[number % 2], "steps": steps, "assistant": ANSWERS[number % 2]})
    return {"turns": turns}


def as_planned(value: dict[str, Any]) -> tuple[list[list[Item]], dict[str, Any]]:
    """The same dialogue with its calls decided: the turns, and what a model would write."""
    turns: list[list[Item]] = []
    said: dict[str, Any] = {}
    for number, turn in enumerate(value["turns"], 1):
        calls = [call["call"] for step in turn["steps"] for call in step["calls"]]
        decided = [Decided(f"call_{k}", call["name"], call["arguments"]) for k, call in enumerate(calls, 1)]
        turns.append([Spoken("user", "user"), *decided, Spoken("assistant", "assistant")])
        named = {item.name: {"name": item.tool, "arguments": item.arguments} for item in decided}
        said[f"turn_{number}"] = {"user": turn["user"], **named, "assistant": turn["assistant"]}
    return turns, said


FUNCDEX_STYLE = r"""
root ::= exchange exchange exchange exchange exchange exchange more
more ::= exchange more | ""
exchange ::= "</user>" words deeds "</assistant>" words
deeds ::= deed deeds | ""
deed ::= "<tool>" gap value gap "</tool>" gap "<tool_response>" gap value gap "</tool_response>" gap
words ::= prose | ""
prose ::= [^<] prose | [^<]
value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" gap "}" | "{" gap members gap "}"
members ::= member | member "," gap members
member ::= gap string gap ":" gap value gap
array ::= "[" gap "]" | "[" gap items gap "]"
items ::= value | value "," gap items
string ::= "\"" chars "\""
chars ::= char chars | ""
char ::= [^"\\] | "\\" escaped
escaped ::= ["\\bfnrt/] | "u" hex hex hex hex
hex ::= [0-9a-fA-F]
number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [+-]? [0-9]+)?
gap ::= [ \t\n\r]*
"""


@dataclass(frozen=True)
class Case:
    """One grammar and the text that it is to read."""

    name: str
    engine: str
    form: str
    grammar: str
    text: str
    own: bool = True


def cases() -> Iterator[Case]:
    value = talk()
    any_rule, (turns, said) = free(TOOLS), as_planned(value)
    fixed = planned(turns)
    text, fixed_text = write(any_rule, value), write(fixed, said)
    assert parse(any_rule, text) == value
    assert parse(fixed, fixed_text) == said
    left = {turn: {name: words for name, words in one.items() if isinstance(words, str)} for turn, one in said.items()}
    as_json, left_json = (json.dumps(one, separators=(",", ":")) for one in (value, left))
    schemas = {"any dialogue": json_schema(any_rule), "planned": undecided(json_schema(fixed))}
    for engine in ("xgrammar", "llguidance"):
        yield Case("Funcdex-style CFG", engine, "gbnf", FUNCDEX_STYLE, text, own=False)
        for name, rule, said_text, json_text in (
            ("any dialogue", any_rule, text, as_json),
            ("planned", fixed, fixed_text, left_json),
        ):
            if engine == "xgrammar":
                yield Case(name, engine, "structural_tag", json.dumps(structural_tag(rule)), said_text)
                yield Case(name, engine, "gbnf", gbnf(rule), said_text)
            else:
                yield Case(name, engine, "lark", lark(rule), said_text)
            yield Case(name, engine, "json_schema", json.dumps(schemas[name]), json_text)


# --- engines ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model as bytes, and its byte-pair encoding."""

    tokens: list[bytes]
    end: int
    encode: Callable[[str], list[int]]
    path: str
    """Of its tokenizer.json."""


def vocabulary(gguf: Path, folder: Path) -> Vocabulary:
    from gguf import GGUFReader
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    held = GGUFReader(str(gguf)).fields
    names = held["tokenizer.ggml.tokens"].contents()
    merges = [tuple(one.split(" ")) for one in held["tokenizer.ggml.merges"].contents()]
    end = int(held["tokenizer.ggml.eos_token_id"].contents())
    tokenizer = Tokenizer(models.BPE({name: number for number, name in enumerate(names)}, merges))
    words = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([name for name in names if name.startswith("<|") and name.endswith("|>")])
    path = folder / "tokenizer.json"
    tokenizer.save(str(path))
    raw = _bytes_of_chars()
    tokens = [b"".join(raw.get(char, char.encode()) for char in name) for name in names]
    return Vocabulary(tokens, end, lambda text: tokenizer.encode(text, add_special_tokens=False).ids, str(path))


def _bytes_of_chars() -> dict[str, bytes]:
    """The characters that stand for bytes in a byte-level vocabulary (GPT-2's table)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in shown]
    table = {chr(byte): bytes([byte]) for byte in shown}
    return table | {chr(256 + number): bytes([byte]) for number, byte in enumerate(others)}


Run = tuple[float, list[float]]
"""Seconds to compile, microseconds of each mask."""


def by_xgrammar(vocabulary: Vocabulary) -> Callable[[Case, list[int]], Run]:
    import torch
    import xgrammar

    torch.set_num_threads(1)
    info = xgrammar.TokenizerInfo(
        vocabulary.tokens,
        vocab_type=xgrammar.VocabType.RAW,
        vocab_size=len(vocabulary.tokens),
        stop_token_ids=[vocabulary.end],
    )

    def run(case: Case, ids: list[int]) -> Run:
        compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
        began = time.thread_time()
        match case.form:
            case "gbnf":
                compiled = compiler.compile_grammar(case.grammar)
            case "structural_tag":
                compiled = compiler.compile_structural_tag(case.grammar)
            case _:
                compiled = compiler.compile_json_schema(case.grammar)
        seconds = time.thread_time() - began
        matcher, mask = xgrammar.GrammarMatcher(compiled), xgrammar.allocate_token_bitmask(1, len(vocabulary.tokens))
        return seconds, list(_timed(lambda: matcher.fill_next_token_bitmask(mask), matcher.accept_token, ids))

    return run


def by_llguidance(vocabulary: Vocabulary) -> Callable[[Case, list[int]], Run]:
    import numpy as np
    from llguidance import LLMatcher, LLTokenizer
    from llguidance.gbnf_to_lark import gbnf_to_lark

    tokenizer = LLTokenizer(vocabulary.path, n_vocab=len(vocabulary.tokens), eos_token=vocabulary.end)

    def run(case: Case, ids: list[int]) -> Run:
        began = time.thread_time()
        if case.form == "json_schema":
            compact = {"whitespace_flexible": False}
            said = LLMatcher.grammar_from_json_schema(case.grammar, overrides=compact)
        else:
            said = LLMatcher.grammar_from_lark(gbnf_to_lark(case.grammar) if case.form == "gbnf" else case.grammar)
        matcher = LLMatcher(tokenizer, said)
        if matcher.is_error():
            raise RuntimeError(matcher.get_error())
        seconds = time.thread_time() - began
        mask = np.zeros((len(vocabulary.tokens) + 31) // 32, dtype=np.int32)
        place, size = mask.ctypes.data, mask.nbytes
        return seconds, list(_timed(lambda: matcher.unsafe_compute_mask_ptr(place, size), matcher.consume_token, ids))

    return run


def _timed(fill: Callable[[], object], accept: Callable[[int], bool], ids: list[int]) -> Iterator[float]:
    """Microseconds of each mask, up to the first token that is refused."""
    for token in ids:
        began = time.thread_time()
        fill()
        spent = time.thread_time() - began
        if not accept(token):
            return
        yield spent * 1e6


ENGINES = {"xgrammar": by_xgrammar, "llguidance": by_llguidance}


def measured(vocabulary: Vocabulary, most: int | None) -> list[dict[str, Any]]:
    engines = {name: build(vocabulary) for name, build in ENGINES.items() if importlib.util.find_spec(name)}
    found = []
    for case in cases():
        if case.engine in engines:
            ids = vocabulary.encode(case.text)[:most]
            passes = [engines[case.engine](case, ids) for _ in range(PASSES)]
            spent = [statistics.median(times) for times in zip(*(times for _, times in passes), strict=True)]
            found.append(_figures(case, ids, statistics.median(seconds for seconds, _ in passes), spent))
            sys.stderr.write(f"{case.engine} {case.form} {case.name}: {found[-1]['mean_us']} us\n")
    whole = [one["mean_us"] for one in found if not one["own"] and one["read"] == one["tokens"]]
    for one in found:
        one["less_than_cfg"] = round(max(whole) / one["mean_us"], 1) if whole else None
    return found


def _figures(case: Case, ids: list[int], compile_s: float, spent: list[float]) -> dict[str, Any]:
    if case.own and len(spent) < len(ids):
        raise RuntimeError(f"{case.engine}, {case.form}, {case.name}: token {len(spent)} of {len(ids)} is refused")
    ordered = sorted(spent)
    return {
        "grammar": case.name,
        "engine": case.engine,
        "form": case.form,
        "own": case.own,
        "tokens": len(ids),
        "read": len(spent),
        "compile_s": round(compile_s, 3),
        "mean_us": round(statistics.fmean(spent), 1),
        "median_us": round(ordered[len(ordered) // 2], 1),
        "p99_us": round(ordered[int(0.99 * len(ordered))], 1),
    }


def embedded(name: str, tokens: int = 64, rounds: int = 3) -> dict[str, float]:
    """Tokens per CPU second that the embedded model writes, free and under each grammar of a planned dialogue."""
    import openvino_genai

    found = locate(name)
    if found is None:
        raise SystemExit(f"callwright models get {name}")
    pipeline = openvino_genai.LLMPipeline(str(saved_ir(found, digest(found))), "CPU")
    rule = planned(as_planned(talk())[0])
    constraints = {
        "free": None,
        "structural_tag": Constraint(kind="structural_tag", body=structural_tag(rule)),
        "gbnf": Constraint(kind="gbnf", body=gbnf(rule)),
        "json_schema": Constraint(body=undecided(json_schema(rule))),
        "Funcdex-style CFG": Constraint(kind="gbnf", body=FUNCDEX_STYLE),
    }
    speed: dict[str, list[float]] = {form: [] for form in constraints}
    for number in range(rounds + 1):  # the first one compiles
        for form, constraint in constraints.items():
            config = openvino_genai.GenerationConfig(max_new_tokens=tokens, ignore_eos=True, apply_chat_template=False)
            if constraint:
                bound = openvino_genai.StructuredOutputConfig()
                setattr(bound, *grammar(constraint))
                config.structured_output_config = bound
            began = time.process_time()
            pipeline.generate(write(rule, as_planned(talk())[1])[:600], config)
            if number:
                speed[form].append(tokens / (time.process_time() - began))
    return {form: round(statistics.median(figures), 1) for form, figures in speed.items()}


def main() -> int:
    options = argparse.ArgumentParser(description="What a mask costs, for each form of the dialogue language.")
    options.add_argument("--gguf", type=Path, help="the model whose tokenizer is used; by default the embedded one")
    options.add_argument("--quick", action="store_true", help="the first 300 tokens only")
    options.add_argument("--embedded", metavar="MODEL", help="tokens a CPU second on this model, under each grammar")
    given = options.parse_args()
    if given.embedded:
        print(json.dumps({"model": given.embedded, "tokens_per_cpu_s": embedded(given.embedded)}))
        return 0
    gguf = given.gguf or locate("default")
    if gguf is None:
        sys.stderr.write("the embedded model is not here: callwright models get default, or give --gguf FILE\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        found = measured(vocabulary(gguf, Path(folder)), 300 if given.quick else None)
    shown = ("grammar", "engine", "form", "tokens", "read", "compile_s", "mean_us", "p99_us", "less_than_cfg")
    for row in (dict(zip(shown, shown, strict=True)), *found):
        print("  ".join(f"{row[name]!s:>{17 if name == 'grammar' else 14}}" for name in shown))
    own = [one for one in found if one["own"]]
    goal = {"mean_us": GOAL_US, "less_than_cfg": GOAL_RATIO}
    print(json.dumps({"tokenizer": gguf.name, "goal": goal, "cases": found}))
    return 0 if all(one["mean_us"] <= GOAL_US and (one["less_than_cfg"] or 0) >= GOAL_RATIO for one in own) else 1


if __name__ == "__main__":
    sys.exit(main())
