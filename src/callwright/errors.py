"""One tree of errors. Each says whether a retry can help and what the user can do.

CallwrightError
├── UserError               a mistake in what was given: one line, exit code 2
│   ├── ConfigError         a configuration that cannot be run
│   ├── SourceError         a tools file, document or server that cannot be read
│   ├── DatasetError        a dataset file that cannot be read
│   └── MissingExtra        an optional part that is not installed
├── LedgerError             the run directory cannot be used (locked, damaged, full); exit code 2
├── ModelError              a model did not answer
│   ├── Unreachable         no connection                             retryable
│   ├── TimedOut            no answer in time                         retryable
│   ├── RateLimited         429                                       retryable, after `retry_after_s`
│   ├── ServerError         5xx, or a reply that is no reply          retryable
│   ├── Unauthorized        401, 403
│   ├── UnknownModel        404
│   └── BadRequest          any other 4xx
├── HubError                the Hugging Face Hub did not take what was sent; exit code 2
├── WeightsError            weights of the embedded model: not found, wrong hash, no space
├── Rejected                a reply or a row that failed its checks; carries findings
└── Shortfall               fewer rows than asked for; exit code 3
    └── Stopped             the budget is spent, the time is over, or the user said so
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callwright.records import Finding


class CallwrightError(Exception):
    """Root of the tree. `hint` is advice for the user, `exit_code` what a command ends with."""

    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 2
    hint: str = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} {self.hint}" if self.hint else message


class UserError(CallwrightError):
    """What was given cannot be used. The message names place, fact and way out."""


class ConfigError(UserError):
    """The configuration cannot be run."""


class SourceError(UserError):
    """A source of tools or topics cannot be read."""


class DatasetError(UserError):
    """A dataset file cannot be read."""


class MissingExtra(UserError):
    """An optional part of Callwright is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra `{extra}`.", hint=f"pip install 'callwright[{extra}]'")


class LedgerError(CallwrightError):
    """The run directory cannot be used."""


class ModelError(CallwrightError):
    """A model did not answer."""


class Unreachable(ModelError):
    retryable = True
    hint = "Is the server running, and is `llm.base_url` right?"


class TimedOut(ModelError):
    retryable = True
    hint = "Raise `llm.timeout_s`, or lower `llm.concurrency`."


class RateLimited(ModelError):
    retryable = True
    hint = "Lower `llm.concurrency`, or set `llm.requests_per_minute`."

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerError(ModelError):
    retryable = True
    hint = "The server failed; its log says why."


class Unauthorized(ModelError):
    hint = "Set the provider's API key in the environment, or `llm.api_key`."


class UnknownModel(ModelError):
    hint = "Check `llm.model`; the server's /models lists what it has."


class BadRequest(ModelError):
    hint = "The server refused the request; see `callwright doctor` for what it understands."


class HubError(CallwrightError):
    """The Hugging Face Hub did not take what was sent."""


class WeightsError(CallwrightError):
    """The weights of the embedded model cannot be used."""


class Rejected(CallwrightError):
    """A reply or a row failed its checks. Its findings are the prompt of the next attempt."""

    retryable = True

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings))


class Shortfall(CallwrightError):
    """Fewer rows than asked for. All finished rows are kept."""

    exit_code = 3


class Stopped(Shortfall):
    """The run was to end before every row was there: its budget is spent, its time is over, or it was told to."""
