"""`callwright schema`: the configuration's JSON Schema."""

from __future__ import annotations

import json

import typer

from callwright.config_schema import config_schema

app = typer.Typer(add_completion=False)


@app.command("schema")
def schema_command() -> None:
    """Print the configuration's JSON Schema, for editors.

    In VS Code: "yaml.schemas": {"config.schema.json": "*.callwright.yaml"}.
    """
    typer.echo(json.dumps(config_schema(), indent=2, ensure_ascii=False))
