"""The commands by name: where each is written and its line in `callwright --help`.

A command's module is imported when the command is used, so that `--help` costs Python and typer alone.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Entry(NamedTuple):
    modules: tuple[str, ...]
    """Each with a typer app named `app`; the commands of several are joined."""
    help: str


COMMANDS: dict[str, Entry] = {
    "init": Entry(("init",), "Write a commented starter configuration."),
    "validate": Entry(("validate",), "Say what a configuration will do and what is wrong with it."),
    "estimate": Entry(("estimate",), "Say what a run will cost, from a few of its rows."),
    "generate": Entry(("generate",), "Make a dataset; the same command again continues it."),
    "runs": Entry(("runs",), "List, show, stop, resume and clean runs."),
    "check": Entry(("check",), "Check a dataset file; exit code 1 where a row is at fault."),
    "show": Entry(("show",), "Show one row of a dataset in readable form."),
    "export": Entry(("export",), "Write a dataset anew, its reasoning elsewhere or left out."),
    "upload": Entry(("upload",), "Send a dataset and its card to the Hugging Face Hub."),
    "topics": Entry(("topics",), "Build, inspect, prune and show topics."),
    "tools": Entry(("tools", "tools_graph"), "Import, list, check, export, find and relate tools."),
    "models": Entry(("models",), "List and fetch the weights of the embedded model."),
    "doctor": Entry(("doctor",), "Look at what Callwright needs here, and say what to mend."),
    "schema": Entry(("schema",), "Print the configuration's JSON Schema, for editors."),
}


class LazyGroup(TyperGroup):
    """Lists the table, and loads a command when it is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, entry in COMMANDS.items():
            self.add_command(TyperCommand(name, help=entry.help), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name in COMMANDS else command, rest


def loaded(name: str) -> Any:
    """The command `name` with its options."""
    entry = COMMANDS[name]
    apps = [import_module(f"callwright.cli.{module}").app for module in entry.modules]
    command, *others = (typer.main.get_command(app) for app in apps)
    for other in others:
        assert isinstance(command, TyperGroup)
        for inner in other.commands.values() if isinstance(other, TyperGroup) else [other]:
            command.add_command(inner)
    command.name = name
    return command


def root() -> Any:
    """The command `callwright`."""
    app = typer.Typer(
        cls=LazyGroup,
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_callwright)
    return typer.main.get_command(app)


def _callwright(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Make, prove and use the data that teaches language models to call tools."""
    if show_version:
        typer.echo(f"callwright {version('callwright')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
