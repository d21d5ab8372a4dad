"""The dataset card of a file: what is in it, how it was made, how to load it. Everything is counted, nothing claimed.

The front matter is YAML as the Hub reads it (huggingface.co/docs/hub/datasets-cards). Names come from the file and are
hostile until escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

import yaml

from callwright.records import Row

TAGS = ("callwright", "synthetic", "tool-calling", "function-calling", "agents")
SHOWN = 40
"""Lines of a table; what is rarer is counted together."""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass
class Contents:
    """What is counted in a file."""

    rows: int = 0
    messages: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    toolkits: Counter[str] = field(default_factory=Counter)
    """Rows in which the toolkit's tools are offered."""
    calls: Counter[str] = field(default_factory=Counter)
    """Calls of each tool."""
    offered: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    seeds: set[int] = field(default_factory=set)
    recipes: set[str] = field(default_factory=set)
    reasoning: Counter[str] = field(default_factory=Counter)
    proofs: Counter[str] = field(default_factory=Counter)
    """Arguments by where their value comes from."""
    judged: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Contents:
        contents = cls()
        for row in rows:
            contents.add(row)
        return contents

    def add(self, row: Row) -> None:
        about = row.metadata
        self.rows += 1
        self.messages += len(row.messages)
        self.calls.update(call.name for message in row.messages for call in message.tool_calls)
        self.offered.update(str(tool.get("function", {}).get("name", "")) for tool in row.tools)
        self.reasoning[row.reasoning.style if row.reasoning else "none"] += 1
        if "tool_use_quality" in about.scores:
            self.judged.append(about.scores["tool_use_quality"])
        if about.id:
            self.kinds[about.kind] += 1
            self.toolkits.update(about.toolkits)
            self.proofs.update(proof.source for proof in about.provenance)
            self.models.add(about.model)
            self.seeds.add(about.seed)
            self.recipes.add(about.recipe)


def card(
    contents: Contents,
    *,
    repo: str,
    split: str = "train",
    tags: Sequence[str] = (),
    licence: str = "",
    faults: int | None = None,
) -> str:
    """The text of README.md. `faults` is what `callwright check` found; None where it was not asked."""
    parts = [
        _front(contents, repo, split, tags, licence),
        f"# {_plain(_name(repo))}",
        _summary(contents, faults),
        _table("Kinds of dialogue", ("kind", "rows"), contents.kinds),
        _table("Toolkits", ("toolkit", "rows that offer it"), contents.toolkits),
        _table("Tools", ("tool", "calls"), contents.calls),
        _ROW,
        _table("Where arguments come from", ("source", "arguments"), contents.proofs),
        _making(contents),
        _LOADING.replace("REPO", repo).replace("SPLIT", split),
        f"## Licence\n\n{_plain(licence)}" if licence else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front(contents: Contents, repo: str, split: str, tags: Sequence[str], licence: str) -> str:
    size = next((name for limit, name in _SIZES if contents.rows < limit), "n>1M")
    front = {
        "pretty_name": _name(repo),
        **({"license": licence} if licence else {}),
        "task_categories": ["text-generation"],
        "tags": list(dict.fromkeys([*TAGS, *tags])),
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": [{"split": split, "path": f"data/{split}.jsonl"}]}],
    }
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---"


def _summary(contents: Contents, faults: int | None) -> str:
    calls = contents.calls.total()
    made = f", made with Callwright {version('callwright')}" if contents.recipes else ""
    said = [
        f"{contents.rows:,} dialogues with {contents.messages:,} messages and {calls:,} tool calls{made}."
        f" {len(contents.offered):,} tools are offered, {len(contents.calls):,} of them are called.",
    ]
    if faults is not None:
        found = "no fault" if not faults else f"{faults:,} fault{'s' if faults > 1 else ''}"
        said.append(
            f"`callwright check` finds {found}: structure, arguments against each tool's JSON Schema, results,"
            " and the source of every argument."
        )
    if contents.judged:
        mean = sum(contents.judged) / len(contents.judged)
        said.append(f"A model judged the tool use of {len(contents.judged):,} rows: {mean:.2f} of 5 on average.")
    return "\n\n".join(said)


def _table(title: str, heads: tuple[str, str], counts: Counter[str]) -> str:
    if not counts:
        return ""
    lines = [f"| {_cell(name)} | {count:,} |" for name, count in counts.most_common(SHOWN)]
    if more := len(counts) - SHOWN:
        rest = counts.total() - sum(count for _, count in counts.most_common(SHOWN))
        lines += [f"| {more:,} others | {rest:,} |"] if more > 0 else []
    return "\n".join([f"## {title}", "", f"| {heads[0]} | {heads[1]} |", "|---|---:|", *lines])


def _making(contents: Contents) -> str:
    """How it was made, as far as the rows say."""
    if not contents.recipes:
        return ""
    facts: list[tuple[str, Sequence[object]]] = [
        ("Model", sorted(contents.models)),
        ("Seed", sorted(contents.seeds)),
        ("Recipe (hash of the settings)", sorted(contents.recipes)),
        ("Reasoning", [f"{style} ({count:,})" for style, count in contents.reasoning.most_common()]),
    ]
    lines = [f"- {name}: {', '.join(_cell(value) for value in values[:8])}" for name, values in facts]
    return "\n".join(["## How it was made", "", _MAKING, "", *lines])


def _name(repo: str) -> str:
    return repo.rpartition("/")[2]


def _cell(value: object) -> str:
    """A value between two bars of a table."""
    return f"`{_plain(value)}`" if value != "" else "(none)"


def _plain(value: object) -> str:
    """Text that opens no markup: on one line, short, without what Markdown or HTML reads."""
    text = " ".join(re.sub(r"[\x00-\x1f\x7f`|<>\[\]]", " ", str(value)).split())
    return text if len(text) <= 100 else f"{text[:99]}…"


_ROW = """## A row

| field | what it holds |
|---|---|
| `messages` | OpenAI chat: system, user, assistant, tool; `arguments` is a JSON string, ids link calls to results |
| `reasoning` | `style` (freetext or agent) and `content`, or null |
| `tools` | the OpenAI function definition of every tool offered, those included that are not needed |
| `metadata` | id, topic path, kind, toolkits, seed, scores, and for every argument where its value comes from |"""

_MAKING = """Topics, tools, the kind of each dialogue, the calls and where each of their values comes from were planned
by code; a model filled in values and wrote the words, under JSON Schemas and checks."""

_LOADING = """## Load it

```python
from datasets import load_dataset

dataset = load_dataset("REPO", split="SPLIT")
```"""
