"""The example dialogues of docs/kinds.md, one for each kind, as Markdown on stdout.

    python scripts/kinds_examples.py

The model behind them is a script of some twenty sentences, which stands below: what the rows show (calls, values,
errors, rules, order) is what code plans, the sentences are no model's.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator

from callwright.execution.faults import Faulty
from callwright.execution.settings import FaultSettings
from callwright.execution.simulated import Simulated
from callwright.llm.scripted import ScriptedModel
from callwright.quality.report import check_row
from callwright.records import Finding, Persona, Request, Row, Tool, Topic
from callwright.synthesis.draft import Drafter
from callwright.synthesis.kinds import KINDS, shares
from callwright.synthesis.personas import ListPeople
from callwright.synthesis.planner import Planner
from callwright.synthesis.rows import build_row
from callwright.synthesis.settings import ConversationSettings, GenerationSettings
from callwright.synthesis.turns import Turns
from callwright.tools.action import meaning
from callwright.tools.sampling import Sampler

TOPICS = (Topic(path=("Customer service of an outdoor shop", "Late parcels")),)
WISHES = {
    "Find a customer": "Who is the customer with the address {email}?",
    "List a customer's orders": "Which orders does {customer_id} have?",
    "Add a note to a customer's record": "Please note for {customer_id} that a pole arrived broken.",
    "Refund an order": "Please refund order {order_id}, {amount} dollars.",
    "Search the shop's products": "Do we have this in {city}: {query}?",
}
"""What a tool does -> how the script asks for it."""
SITUATIONS = (
    "Something did not go as it should this morning, and I want it settled today.",
    "Nobody here has looked into that yet, so it is mine now.",
    "My colleague left early and asked me to finish her list.",
    "It came up in a phone call a minute ago.",
)
QUERIES = ("Ridgeline two-person tent", "folding camp stove", "merino hiking socks", "child carrier for walks")
SHOWN_FAULTS = ("bad_request", "partial", "timeout", "permission", "empty")
TEXTS = {
    "body": "A pole of the tent arrived broken; a new one is on its way.",
    "comment": "left the warehouse in Porto", "note": "prefers to be called in the morning",
    "description": "new this season", "full_name": "Lena Ortiz",
    "status": "shipped",
}  # fmt: skip


def tool(name: str, description: str, returns: dict[str, str], **parameters: str) -> Tool:
    """One tool of the shop; every parameter is required, a result may be a list (`items`)."""
    result = {field: {"type": kind} for field, kind in returns.items() if field != "items"}
    item = {"type": "object", "properties": result, "required": [*result], "additionalProperties": False}
    page = {"items": {"type": "array", "items": item}, "next_page": {"type": "integer"}}
    page = page if "page" in parameters else {"items": page["items"]}
    listed = {"type": "object", "properties": page, "required": [*page], "additionalProperties": False}
    properties = {field: {"type": kind} for field, kind in parameters.items()}
    optional = {"page"} & properties.keys()
    action, mutates = meaning(name.removeprefix("shop_"))
    return Tool(
        name=name,
        description=description,
        parameters={
            "type": "object",
            "properties": properties,
            "required": [field for field in properties if field not in optional],
            "additionalProperties": False,
        },
        returns=listed if "items" in returns else item,
        toolkit="shop",
        action=action,
        mutates=mutates,
    )


TOOLS = (
    tool(
        "shop_find_customer",
        "Find a customer by mail address",
        {"customer_id": "string", "full_name": "string", "note": "string"},
        email="string",
    ),
    tool(
        "shop_list_orders",
        "List a customer's orders",
        {"items": "", "order_id": "string", "status": "string", "comment": "string"},
        customer_id="string",
        page="integer",
    ),
    tool(
        "shop_add_note",
        "Add a note to a customer's record",
        {"note_id": "integer"},
        customer_id="string",
        body="string",
    ),
    tool(
        "shop_refund_order",
        "Refund an order",
        {"refund_id": "string"},
        order_id="string",
        amount="integer",
    ),
    tool(
        "shop_search_products",
        "Search the shop's products",
        {"items": "", "name": "string", "description": "string"},
        query="string",
        city="string",
    ),
)


def said(request: Request) -> str:
    """The script: an answer to one request; nothing where it has none, so that code writes."""
    asked = dict(re.findall(r"^([A-Z][a-z ]+): (.*)$", request.messages[-1].content, re.MULTILINE))
    if request.constraint is not None:
        return json.dumps(_written(request.constraint.body, "", request.seed or 0))
    if "Wants" in asked:
        return _wished(asked)
    if "Task" in asked:
        return _replied(asked["Task"])
    if "Why" in asked:
        return _explained(asked["Why"])
    return ""


def _written(schema: object, name: str, seed: int) -> object:
    assert isinstance(schema, dict)
    if "properties" in schema:
        return {field: _written(part, field, seed) for field, part in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_written(schema.get("items", {}), name, seed + at) for at in range(schema.get("maxItems", 2))]
    if name in ("query", "name"):
        return QUERIES[seed % 4]
    return TEXTS.get(name, SITUATIONS[seed % 4])


def _wished(asked: dict[str, str]) -> str:
    slots = dict(re.findall(r"\{(\w+)\} = ([^;]+)", asked.get("Slots", "")))
    given = dict(re.findall(r'([a-z ]+?) "([^"]+)"', asked.get("Details", "")))
    values = {name.strip().replace(" ", "_"): value for name, value in {**given, **slots}.items()}
    wish = WISHES[asked["Wants"]].replace("{query}", asked.get("About", ""))
    for name in re.findall(r"\{(\w+)\}", wish):
        if name not in values:
            return f"{asked['Wants']}, please."
        wish = wish if name in slots else wish.replace(f"{{{name}}}", values[name])
    return f"Then another thing. {wish}" if "Already typed" in asked else wish


def _replied(task: str) -> str:
    if match := re.fullmatch(r"Say that you cannot (.*), and why: (.*)\.", task):
        return f"I'm sorry, I cannot {match[1]}: {match[2]}."
    if match := re.match(r"Ask for the ([\w ]+);", task):
        return f"Which {match[1]} is it?"
    return "A parcel counts as late once it is three working days over the date that was promised."


def _explained(why: str) -> str:
    if match := re.search(r"the ([\w ]+) has to be (.*) instead of (.*);", why):
        return f"Sorry, I mixed that up: the {match[1]} is {match[2]}, not {match[3]}. Please do the same with that."
    if "go ahead" in why:
        return "Please go ahead with what I asked for."
    if "answers" in why:
        return "Of course, here it is."
    return "When does a parcel count as late?"


async def row_of(kind: str, number: int) -> Row:
    """Row `number` of a run of that kind alone."""

    def refused(_: str, __: int, ___: tuple[Finding, ...]) -> None: ...

    talk = ConversationSettings(agent_mode="multi_turn", min_turns=1, max_turns=1, reasoning_style="none")
    model = ScriptedModel(said)
    people = ListPeople("work", "", 0).fallback()
    settings = GenerationSettings(conversation=talk)
    drafter = Drafter(settings, TOPICS, Sampler(TOOLS), shares({kind: 1}, "multi_turn", TOOLS), people, seed=11)
    planner = Planner(model, Faulty(Simulated(model, 2), FaultSettings()), tries=2)
    blueprint, _ = await planner.plan(drafter.draft(number), refused)
    blueprint = blueprint.model_copy(update={"persona": Persona(name="Ann", job="agent", company="Alto", tone="brisk")})
    words = await Turns(model, reasoning="none", tries=2).write(blueprint, refused)
    row = build_row(blueprint, words, "none", seed=11, model="script", recipe="examples")
    faults = [str(finding) for finding in check_row(row) if finding.severity == "error"]
    assert not faults, faults
    return row


def lines(row: Row) -> Iterator[str]:
    for message in row.messages:
        if message.content:
            yield f"{message.role:<10} {message.content}"
        for call in message.tool_calls:
            yield f"{'call':<10} {call.name} {json.dumps(call.arguments, ensure_ascii=False)}"


async def examples(kind: str) -> list[Row]:
    """One row; of `recovery` one for each of the faults that are worth seeing."""
    if kind != "recovery":
        return [await row_of(kind, 3)]
    rows = [await row_of(kind, number) for number in range(60)]
    found = {row.metadata.faults[0].kind: row for row in reversed(rows)}
    return [found[name] for name in SHOWN_FAULTS if name in found]


def main() -> None:
    for kind in KINDS.values():
        print(f"### `{kind.name}`: {kind.teaches}\n")
        for row in asyncio.run(examples(kind.name)):
            print("```\n" + "\n".join(lines(row)) + "\n```\n")
            for fault in row.metadata.faults:
                print(f"`metadata.faults`: {fault.call} {fault.kind}\n")
            for mark in row.metadata.marks:
                print(f"`metadata.marks`: `` {json.dumps(mark.model_dump(exclude_defaults=True))} ``\n")


if __name__ == "__main__":
    main()
