"""Word lists and ranges of the typed values. Names of organisations and people are made up or reserved for examples."""

from __future__ import annotations

import re

OWNERS = [
    "acme",
    "northwind",
    "brightloom",
    "tidewater",
    "helios-labs",
    "juniper-works",
    "orbitly",
    "quartzline",
    "fernhill",
    "cobalt-systems",
    "larkspur",
    "riverstone",
    "pinecrest",
    "zephyr-io",
    "meadowlark",
    "ironbark",
    "bluefin",
    "saffron-data",
]
PROJECTS = [
    "webapp",
    "api-gateway",
    "mobile-app",
    "billing-service",
    "docs",
    "data-pipeline",
    "auth-service",
    "storefront",
    "inventory",
    "notifications",
    "analytics",
    "checkout",
    "search-index",
    "infra-tools",
    "design-system",
    "scheduler",
    "chat-client",
    "report-builder",
]
LABELS = ["urgent", "follow-up", "needs review", "customer", "internal", "quick win", "blocked", "question"]
MODULES = [
    "auth",
    "login",
    "checkout",
    "invoice",
    "report",
    "session",
    "cache",
    "parser",
    "router",
    "export",
    "import",
    "settings",
    "profile",
    "upload",
    "payment",
    "search",
    "notifications",
    "schedule",
]
DOMAINS = (
    "northwind.example",
    "brightloom.example",
    "fernhill.example",
    "orbitly.example",
    "tidewater.example",
    "example.com",
    "example.org",
)
CITIES = [
    "Lisbon",
    "Toronto",
    "Osaka",
    "Nairobi",
    "Oslo",
    "Denver",
    "Seville",
    "Utrecht",
    "Melbourne",
    "Prague",
    "Austin",
    "Lyon",
    "Busan",
    "Cork",
    "Valencia",
]
COUNTRIES = ["Portugal", "Canada", "Japan", "Kenya", "Norway", "Spain", "Netherlands", "Australia", "Ireland", "France"]
COUNTRY_CODES = ["PT", "CA", "JP", "KE", "NO", "ES", "NL", "AU", "IE", "FR"]
TIMEZONES = ["Europe/Lisbon", "America/Toronto", "Asia/Tokyo", "Africa/Nairobi", "Europe/Oslo", "America/Denver"]

PHRASES = [
    "Spring campaign",
    "Website relaunch",
    "Quarterly review",
    "Customer survey",
    "Team offsite",
    "Onboarding checklist",
    "Budget for next year",
    "Product photos",
    "Trade fair in Lyon",
    "Holiday schedule",
    "Warehouse move",
    "Partner newsletter",
    "Price list update",
    "Open invoices",
    "Support hours",
    "Release notes",
    "Office supplies",
    "Travel plan",
    "Interview notes",
    "Safety training",
]
"""For texts of which nothing is known."""

_RANGES: tuple[tuple[str, int, int], ...] = (
    (r".*\b(per page|page size|limit|max results|max|top k|top n|count|size|num|results|first)\b.*", 5, 50),
    (r"page|page number|offset|skip|start index", 1, 5),
    (r"(http )?(response )?status( code)?", 200, 204),
    (r".*\b(latitude|lat)\b", -60, 60),
    (r".*\b(longitude|lon|lng)\b", -150, 150),
    (r".*\b(amount|price|total|budget|cost|fee|balance|value)\b.*", 12, 950),
    (r".*\b(year)\b", 2026, 2027),
    (r".*\b(month)\b", 1, 12),
    (r".*\b(day|days|nights)\b.*", 1, 14),
    (r".*\b(hour|hours)\b", 1, 12),
    (r".*\b(minute|minutes|duration)\b.*", 15, 90),
    (r".*\b(quantity|qty|guests|adults|seats|people|passengers)\b.*", 1, 6),
    (r".*\b(percent|percentage|rate|discount)\b.*", 5, 40),
    (r".*\b(timestamp|epoch|unix|at)\b.*", 1_767_225_600, 1_798_761_600),
    (r".*\b(temperature|degrees)\b.*", -5, 32),
    (r".*\b(id|number|no)\b", 100, 9_999),
)
_COMPILED = tuple((re.compile(pattern), low, high) for pattern, low, high in _RANGES)


def usual_range(name: str) -> tuple[int, int]:
    """The range in which numbers called `name` (in words) usually lie."""
    return next(((low, high) for pattern, low, high in _COMPILED if pattern.fullmatch(name)), (1, 100))
