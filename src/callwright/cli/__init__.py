"""The command line. This is the one place where an error becomes a line and an exit code.

Exit codes: 0 done · 1 faults were found · 2 what was given cannot be used · 3 fewer rows than asked for · 130 Ctrl-C.
A bug is none of these: it prints its traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from callwright.errors import CallwrightError


def main() -> None:
    """The entry point `callwright`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    from typer import TyperException

    from callwright.cli.commands import root

    try:
        code = root().main(args=arguments, prog_name="callwright", standalone_mode=False)
    except TyperException as error:
        return _said(error.format_message() or "a command is missing; callwright --help lists them.", error.exit_code)
    except CallwrightError as error:
        return _said(str(error), error.exit_code)
    except BaseExceptionGroup as group:
        known = next((leaf for leaf in _leaves(group) if isinstance(leaf, CallwrightError)), None)
        if known is None:
            raise
        return _said(str(known), known.exit_code)
    return code if isinstance(code, int) else 0


def _said(message: str, exit_code: int) -> int:
    red, plain = ("\033[31m", "\033[0m") if sys.stderr.isatty() else ("", "")
    print(f"{red}error:{plain} {' '.join(message.split())}", file=sys.stderr)
    return exit_code


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
