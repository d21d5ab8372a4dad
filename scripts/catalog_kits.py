"""What a toolkit of the shipped catalog is called, which ones come first, and which documents newer ones replace."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_POPULAR = """
    gmail google_calendar google_drive google_docs google_sheets google_slides google_tasks google_people
    google_chat google_meet google_forms outlook_mail outlook_calendar onedrive microsoft_teams microsoft_todo
    onenote sharepoint excel github jira stripe slack asana notion zoom calendly todoist shopify trello clickup
    whatsapp twilio hubspot airtable linkedin reddit confluence figma sendgrid mailchimp spotify youtube pipedrive
    cal_com miro sentry gitlab bitbucket box docusign xero twitter instagram telegram vimeo klaviyo supabase
    squareup ebay plaid adyen openai salesforce amadeus nytimes giphy netlify vercel digitalocean circleci medium
    google_maps google_translate google_keep google_classroom google_admin google_bigquery google_storage
    google_compute google_pubsub microsoft_planner entra aws_s3 aws_ec2 aws_lambda aws_dynamodb aws_sns aws_sqs
    aws_iam aws_rds aws_cloudwatch azure_compute azure_storage azure_network azure_web azure_sql azure_keyvault
"""
POPULAR = tuple(_POPULAR.split())
"""These come first, in this order; then by provider."""

_VERSION = re.compile(
    r"(?:[-_.]v?|(?<=[a-z])v)(\d+(?:[-_.p]\d+)*)((?:alpha|beta|eap)\d*)?$|^v?(\d+[\d_.p]*)((?:alpha|beta|eap)\d*)?$"
)
_LEFT_OUT = re.compile(r"github\.com/(ghes-|github\.ae)|microsoft\.com/graph-beta|twitter\.com/legacy|jira\.local")

GRAPH = (
    ("outlook_mail", r"/me/(messages|mailFolders|sendMail|inferenceClassification)"),
    ("outlook_calendar", r"/me/(events|calendar|calendars|calendarView|calendarGroups|findMeetingTimes|reminderView)"),
    ("outlook_contacts", r"/me/(contacts|contactFolders|people)"),
    ("excel", r"/me/drive/.*workbook|/drives/[^/]+/items/[^/]+/workbook"),
    ("onedrive", r"/me/drive|/me/drives|/drives|/shares"),
    ("microsoft_todo", r"/me/todo"),
    ("microsoft_planner", r"/planner|/me/planner"),
    ("onenote", r"/me/onenote"),
    ("microsoft_teams", r"/teams|/chats|/me/(chats|joinedTeams|teamwork|presence|onlineMeetings)|/teamwork"),
    ("sharepoint", r"/sites"),
    ("entra", r"/(users|groups|devices|applications|servicePrincipals|directoryRoles|domains|invitations)"),
)
"""Microsoft Graph is one document for many applications: (toolkit, how its paths begin)."""
_GRAPH = tuple((kit, re.compile(pattern + r"(?=[/(]|$)")) for kit, pattern in GRAPH)
GRAPH_DEPTH = 6
"""Paths of Microsoft Graph with more segments repeat what shorter ones say."""


class Origin(NamedTuple):
    """Where a document comes from."""

    place: str
    """`stripe.com.json`, `googleapis.com/gmail.json`, `gmail.v1.json`."""
    provider: str
    service: str
    version: str


def toolkit(origin: Origin) -> str:
    """The name of the toolkit: `gmail`, `google_drive`, `aws_s3`, `azure_compute`, `github`, `twilio_chat`."""
    service = _slug(_VERSION.sub("", origin.service))
    match origin.provider:
        case "googleapis.com":
            known = service.startswith(("google", "youtube", "gmail"))
            return service if known else f"google_{_GOOGLE.get(service, service)}"
        case "amazonaws.com":
            return f"aws_{_AWS.get(service, service)}"
        case "azure.com":
            return f"azure_{service.partition('_')[0]}"
        case "github.com":
            return "github"
        case "atlassian.com":
            return service
    stem = _stem(origin.provider)
    if not service or service in (stem, "api", "current", "rest"):
        return stem
    return service if service.startswith(stem) else f"{stem}_{service}"


_GOOGLE = {
    "calendar_json": "calendar",
    "admin_directory": "admin",
    "hangouts_chat": "chat",
    "cloudresourcemanager": "projects",
}
_AWS = {"email": "ses", "monitoring": "cloudwatch", "logs": "cloudwatch_logs", "elasticloadbalancing": "elb"}


def graph_toolkit(path: str) -> str:
    """The toolkit of a path of Microsoft Graph; empty for what is left out."""
    if path.count("/") > GRAPH_DEPTH:
        return ""
    return next((kit for kit, pattern in _GRAPH if pattern.match(path)), "")


def replaced(origins: Iterable[Origin]) -> set[str]:
    """Places of documents of which another document is a newer version, or that are left out by name."""
    newest: dict[tuple[str, str], tuple[tuple[bool, list[int], str], str]] = {}
    old: set[str] = set()
    for origin in origins:
        if _LEFT_OUT.match(origin.place):
            old.add(origin.place)
            continue
        base = (origin.provider, _VERSION.sub("", origin.service).lower())
        rank = _rank(origin)
        known = newest.get(base)
        if known and known[0] >= rank:
            old.add(origin.place)
            continue
        if known:
            old.add(known[1])
        newest[base] = (rank, origin.place)
    return old


def _rank(origin: Origin) -> tuple[bool, list[int], str]:
    """Stable before beta, then the higher version."""
    found = _VERSION.search(origin.version or origin.service)
    if not found:
        return (True, [0], origin.version)
    number, stage = (found[1] or found[3]), (found[2] or found[4] or "")
    return (not stage, [int(part) for part in re.findall(r"\d+", number)], stage)


def _stem(provider: str) -> str:
    parts = [part for part in provider.lower().split(".") if part not in ("www", "api", "apis", "developer", "ote")]
    return _slug(parts[0] if parts else provider)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
