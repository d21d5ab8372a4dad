"""What a call means to the resource, and whether it changes state: from method and path, else from the name's verb."""

from __future__ import annotations

import functools
import re

from callwright.records import Action

_VERBS: dict[tuple[Action, bool], str] = {
    ("create", True): """create add insert new post send publish upload register invite schedule book place submit make
        generate import copy clone duplicate fork issue put store write append push emit enqueue reply forward share
        compose draft record commit subscribe signup provision deploy launch allocate attach associate assign
        tag label comment upsert buy purchase pay charge refund transfer""",
    ("update", True): """update edit modify change set patch replace rename move reset enable disable activate
        deactivate start stop restart pause resume cancel close open reopen approve reject accept decline confirm lock
        unlock archive unarchive restore merge publish unpublish mark complete finish toggle grant revoke rotate renew
        promote demote pin unpin star unstar follow unfollow block unblock mute unmute detach disassociate unassign
        unsubscribe untag sync refresh configure apply execute run trigger invoke batchupdate abort terminate release
        turn checkout adjust increase decrease save""",
    (
        "delete",
        True,
    ): "delete remove destroy purge drop clear unregister deregister erase trash uninstall empty discard",
    ("list", False): "list enumerate index all browse",
    ("search", False): "search find query lookup filter match discover suggest autocomplete scan",
    (
        "read",
        False,
    ): """get fetch read retrieve describe show view download export check head inspect count has is exists
        load poll peek status track preview select ping""",
    ("other", False): """calculate compute convert translate validate verify estimate compare analyze analyse detect
        classify parse format evaluate predict summarize summarise recommend test diff explain solve plot""",
}
_KNOWN = {verb: meaning for meaning, verbs in reversed(_VERBS.items()) for verb in verbs.split()}
_NOUN_WORDS = """book comment copy cover draft filter format forward index label load lock mark match order place
    post put record release reply report reset run scan schedule set share star stop store tag test transfer trigger"""
_NOUNS = frozenset(_NOUN_WORDS.split())
"""Verbs that are as often nouns (`user_record_get`): they count only as a name's first word."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_BY_METHOD: dict[str, tuple[Action, bool]] = {
    "POST": ("create", True),
    "PUT": ("update", True),
    "PATCH": ("update", True),
    "DELETE": ("delete", True),
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(name: str) -> list[str]:
    """The words of a name, lower case: `listRepoIssues`, `LIST_REPO_ISSUES`, `list-repo-issues` give the same."""
    return [word.lower() for word in _WORDS.findall(name)]


def meaning(name: str, method: str = "", path: str = "", description: str = "") -> tuple[Action, bool]:
    """(what a call means, whether it changes state).

    The method decides where it is plain; a POST that reads (`POST /search`) and a GET that writes (`GET /?Action=
    CreateKey`, as AWS has it) are told by their verb. Without a method the name decides, then the description.
    """
    said = _said(name.removeprefix(f"{method}_") if method else name)
    if method in _SAFE_METHODS:
        return _of_safe_method(said, path)
    if method == "POST":
        return said or _last_word(path) or _BY_METHOD["POST"]
    if method in _BY_METHOD:
        return _BY_METHOD[method]
    return said or _of_text(description) or ("other", False)


def _of_safe_method(said: tuple[Action, bool] | None, path: str) -> tuple[Action, bool]:
    if said and said[0] in ("create", "update", "delete") and ("action=" in path.lower() or "x-amz" in path.lower()):
        return said
    if said and said[0] in ("search", "list"):
        return said
    last = path.rstrip("/").rpartition("/")[2]
    plural = last.endswith("s") and not last.endswith(("ss", "status")) and "{" not in last
    return ("list", False) if plural else ("read", False)


@functools.lru_cache(maxsize=65536)
def _said(name: str) -> tuple[Action, bool] | None:
    """What the name's first verb says; a prefix that is no verb (the application's name, a resource) is passed over.

    In a name of parts (`calendar.events.insert`, `issues/create`) the last part says it, where it can.
    """
    last = words(re.split(r"[./]", name)[-1])
    if last and last[0] in _KNOWN:
        return _KNOWN[last[0]]
    found = words(name)
    if found and found[0] in _KNOWN:
        return _KNOWN[found[0]]
    plain = next((word for word in found if word in _KNOWN and word not in _NOUNS), None)
    second = found[1] if len(found) > 1 and found[1] in _KNOWN else None
    verb = plain or second
    return _KNOWN[verb] if verb else None


def _last_word(path: str) -> tuple[Action, bool] | None:
    found = words(path.rstrip("/").rpartition("/")[2])
    return _KNOWN.get(found[0]) if found and not path.endswith("}") else None


def _of_text(description: str) -> tuple[Action, bool] | None:
    """What the first word of a description says: "Creates an issue", "Fetches a list of messages"."""
    first = next(iter(words(description[:40])), "")
    stems = (first, first.removesuffix("s"), first.removesuffix("es"), first.removesuffix("ing"))
    return next((_KNOWN[stem] for stem in stems if stem in _KNOWN), None)
