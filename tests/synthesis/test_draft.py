from __future__ import annotations

from callwright.records import Tool, Topic
from callwright.synthesis.draft import Draft, Drafter
from callwright.synthesis.kinds import shares
from callwright.synthesis.personas import ListPeople
from callwright.synthesis.purpose import purpose_of
from callwright.synthesis.settings import ConversationSettings, GenerationSettings
from callwright.tools.sampling import Sampler


def tool(name: str, description: str) -> Tool:
    parameters = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    return Tool(name=name, description=description, parameters=parameters, action="read", toolkit="asana")


TOOLS = [
    tool("asana_getMembershipsForTeam", "Get memberships from a team."),
    tool("asana_getMembershipsForUser", "Get memberships."),
    tool("asana_getMemberships", "Get memberships. Returns them all."),
    tool("asana_getTask", "Get a task."),
    tool("asana_getProject", "Get a project."),
    tool("asana_getTag", "Get a tag."),
]


def drafts(kind: str, rows: int) -> list[Draft]:
    made = GenerationSettings(conversation=ConversationSettings(agent_mode="single_turn"), kinds={kind: 1})
    topics = [Topic(path=("Work", f"topic {number}")) for number in range(3)]
    mix = shares({kind: 1}, "single_turn", TOOLS)
    drafter = Drafter(made, topics, Sampler(TOOLS), mix, ListPeople("work", "", 0).fallback(), seed=1)
    return [drafter.draft(row) for row in range(rows)]


def test_who_is_refused_a_tool_is_not_offered_another_that_does_the_same() -> None:
    seen = set()
    for draft in drafts("no_tool", 40):
        assert draft.wanted is not None
        seen.add(draft.wanted.name)
        assert purpose_of(draft.wanted) not in {purpose_of(tool) for tool in draft.offered}
        assert draft.offered
    assert len(seen) > 3
