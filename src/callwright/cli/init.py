"""`callwright init`: a commented starter configuration."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from callwright.errors import ConfigError

app = typer.Typer(add_completion=False)


@app.command("init")
def init_command(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("callwright.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Write a commented starter configuration that runs on the embedded model."""
    write_starter(path, force=force)
    typer.echo(f"Wrote {path}. Next: callwright validate {path}, then callwright generate {path}")


def write_starter(path: Path, *, force: bool = False) -> None:
    """Write the starter to `path`. Raises `ConfigError`: it is there already, or cannot be written."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(starter(path.name))
    except FileExistsError:
        raise ConfigError(f"{path}: is there already; choose another name, or overwrite it with --force.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {(error.strerror or 'error').lower()}.") from error


def starter(name: str) -> str:
    """The starter's text for a file called `name`."""
    template = (files("callwright.cli") / "starter.yaml").read_text(encoding="utf-8")
    return template.format(name=name, save_as=f"{Path(name).stem}.jsonl")
