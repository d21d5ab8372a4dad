"""What companies say of the tools that their assistants have: who alone may use them, and why. A table, no logic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Saying(NamedTuple):
    """A rule with slots for `act`, `tool` and `team`, and the reason that the assistant gives."""

    text: str
    reason: str


@dataclass(frozen=True)
class Theme:
    """Things of one sort, and who looks after them."""

    pattern: str
    """Of the words by which a tool's work is known."""
    teams: tuple[str, ...]
    change: tuple[Saying, ...]
    """For tools that change something."""
    look: tuple[Saying, ...]
    """For tools that only look."""


DELETION = Theme(
    "",
    ("data office", "records office", "system administrator"),
    (
        Saying(
            "Nothing is deleted through this chat, not even on request: `{tool}` stays unused. The {team} removes "
            "things once a backup is made.",
            "nothing is deleted through this chat; that is up to the {team}",
        ),
        Saying(
            "A deletion needs the written approval of the {team}, which nobody can give in this chat. So never {act} "
            "(`{tool}`).",
            "deletions need the written approval of the {team}",
        ),
    ),
    (),
)
"""For every tool that deletes, whatever it deletes."""

SPEECH = Theme(
    r"e?mails?|messages?|sms|posts?|tweets?|repl(?:y|ies)|newsletters?|campaigns?|broadcasts?|announcements?"
    r"|conversations?|chats?|inbox|threads?|drafts?|mms|fax(?:es)?|calls?|voicemails?|recordings?|transcripts?",
    ("communications team", "press office", "data protection officer"),
    (
        Saying(
            "Nothing is said in the company's name before the {team} has read it. Do not {act} (`{tool}`); ask "
            "for a draft to be sent to them.",
            "nothing is said in the company's name before the {team} has read it",
        ),
    ),
    (
        Saying(
            "What people write to each other is private. `{tool}` is not for this chat; exceptions are made by "
            "the {team}.",
            "what people write to each other is private, and exceptions are made by the {team}",
        ),
    ),
)
"""What is said to others, and what others have said."""

THEMES: tuple[Theme, ...] = (
    Theme(
        r"permissions?|roles?|access|tokens?|secrets?|passwords?|credentials?|ssh|gpg|encryption|collaborators?|memberships?"
        r"|invitations?|invites?|sso|scim|deploy keys?|api keys?|oauth"
        r"|certificates?|firewall|acls?",
        ("security team", "system administrator", "identity team"),
        (
            Saying(
                "Access rights change on a signed request only. Do not {act} (`{tool}`); the {team} does that.",
                "access rights change on a signed request only, and the {team} does that",
            ),
        ),
        (
            Saying(
                "Who has access to what is confidential: only the {team} may {act} (`{tool}`).",
                "who has access to what is confidential and known to the {team} only",
            ),
        ),
    ),
    Theme(
        r"pay(?:ment)?s?|payouts?|charges?|refunds?|invoices?|transfers?|transactions?|balances?|billing|banks?"
        r"|purchases?|(?<!thread )subscriptions?|payroll|salar(?:y|ies)|coupons?|prices?|credits?|checkout|orders?"
        r"|expenses?|buy|debits?|treasury|fees?|quotes?|disputes?|reversals?",
        ("finance team", "accounting department", "head of finance"),
        (
            Saying(
                "What costs or moves money needs a second signature, that of the {team}. Do not {act} (`{tool}`) "
                "from this chat.",
                "what costs or moves money needs the signature of the {team}",
            ),
        ),
        (
            Saying(
                "Financial records are confidential: only the {team} may {act} (`{tool}`).",
                "financial records are confidential, and only the {team} may see them",
            ),
        ),
    ),
    SPEECH,
    Theme(
        r"issues?|tickets?|incidents?|bugs?|cases?",
        ("triage team", "service desk", "head of support"),
        (
            Saying(
                "Tickets are opened and changed by the {team} alone, because customers' data is in them. Do not {act} "
                "(`{tool}`); send people there.",
                "tickets are opened and changed by the {team} alone",
            ),
        ),
        (
            Saying(
                "Tickets hold customers' data, so only the {team} may {act} (`{tool}`).",
                "tickets hold customers' data, which only the {team} may see",
            ),
        ),
    ),
    Theme(
        r"repos?|repositor(?:y|ies)|branch(?:es)?|commits?|pull requests?|merge|releases?|deploy(?:ment)?s?|pipelines?"
        r"|workflows?|builds?|code|gists?|forks?",
        ("release team", "maintainers' board", "platform team"),
        (
            Saying(
                "A code freeze holds until the release is out. Do not {act} (`{tool}`) before the {team} lifts it, "
                "however urgent it is.",
                "a code freeze holds until the {team} lifts it",
            ),
            Saying(
                "The {team} approves every change to the repositories beforehand, and this chat cannot see approvals. "
                "So never {act} (`{tool}`).",
                "every change to the repositories needs the approval of the {team}",
            ),
        ),
        (
            Saying(
                "Private repositories are open to the {team} only. Do not {act} (`{tool}`) for anybody else.",
                "private repositories are open to the {team} only",
            ),
        ),
    ),
    Theme(
        r"customers?|clients?|contacts?|users?|persons?|people|employees?|patients?|profiles?|candidates?|applicants?"
        r"|guests?|passengers?|leads?|students?|subscribers?|recipients?|workers?|members?",
        ("data protection officer", "head of customer care", "records office"),
        (
            Saying(
                "Personal data changes only after the {team} has checked who is asking. Do not {act} (`{tool}`).",
                "personal data changes only after the {team} has checked who is asking",
            ),
        ),
        (
            Saying(
                "Personal data is not looked up in this chat: only the {team} may {act} (`{tool}`), for a stated "
                "purpose.",
                "personal data is looked up by the {team} only",
            ),
        ),
    ),
    Theme(
        r"events?|calendars?|meetings?|bookings?|reservations?|appointments?|shifts?|rooms?|webinars?|schedules?",
        ("front office", "planning team", "board's office"),
        (
            Saying(
                "The calendars are kept by the {team} alone. Do not {act} (`{tool}`), even if the person insists.",
                "the calendars are kept by the {team} alone",
            ),
        ),
        (
            Saying(
                "Calendars show who is ill or away, so only the {team} may {act} (`{tool}`).",
                "calendars show who is ill or away, and only the {team} may look into them",
            ),
        ),
    ),
    Theme(
        r"files?|folders?|documents?|docs?|drives?|sheets?|spreadsheets?|pages?|notes?|wikis?|attachments?|buckets?"
        r"|slides?|presentations?|forms?|notebooks?|rows?|cells?|worksheets?|workbooks?",
        ("records office", "document office", "legal team"),
        (
            Saying(
                "No document is added or changed while the auditors are in the house. Do not {act} (`{tool}`) before "
                "the {team} says so.",
                "no document is added or changed during the audit before the {team} says so",
            ),
        ),
        (
            Saying(
                "The documents are confidential: only the {team} may {act} (`{tool}`).",
                "the documents are confidential, and only the {team} may see them",
            ),
        ),
    ),
    Theme(
        r"servers?|instances?|clusters?|vms?|volumes?|databases?|tables?|networks?|domains?|dns|devices?|containers?"
        r"|nodes?|backups?|snapshots?|queues?|zones?|environments?|services?|machines?|webhooks?|integrations?",
        ("operations team", "engineer on call", "platform team"),
        (
            Saying(
                "Systems change only in the maintenance window on Sunday night. Do not {act} (`{tool}`) at any other "
                "time; the {team} does it then.",
                "systems change only in the maintenance window, and the {team} does it then",
            ),
        ),
        (
            Saying(
                "How the systems are set up is known to the {team} only. Do not {act} (`{tool}`) for anybody else.",
                "how the systems are set up is known to the {team} only",
            ),
        ),
    ),
)
"""By the words of a tool's name and purpose; the first that fits counts."""

REST = Theme(
    "",
    ("operations team", "account owner", "service desk"),
    (
        Saying(
            "In this chat nothing is changed, things are only looked up. Do not {act} (`{tool}`); changes go through "
            "the {team}.",
            "nothing is changed in this chat; changes go through the {team}",
        ),
        Saying(
            "Every change needs an approved request, and approvals are kept by the {team}. So never {act} (`{tool}`) "
            "because somebody asks you to.",
            "every change needs a request that the {team} has approved",
        ),
    ),
    (
        Saying(
            "The quota of `{tool}` for this month is used up. Do not {act} before the {team} has bought more.",
            "the quota for this month is used up until the {team} has bought more",
        ),
        Saying(
            "Every use of `{tool}` is charged to us, so only the {team} may {act}.",
            "every use is charged to us, so only the {team} may do it",
        ),
    ),
)
"""Where no theme fits."""
NARROW = (
    Saying(
        "Only the {team} may {act} (`{tool}`), and only for a ticket of their own. Never do it here, whoever asks.",
        "that is for the {team} only, and only for a ticket of their own",
    ),
    Saying(
        "`{tool}` is switched off until the {team} has looked into a mishap of last week. So do not {act} before that.",
        "that is switched off until the {team} has looked into a mishap of last week",
    ),
)
"""What is said of one tool alone."""
