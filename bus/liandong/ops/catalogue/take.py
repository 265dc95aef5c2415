"""Taking the contracts elsewhere."""

import json
from pathlib import Path

import typer

from liandong.contracts.catalogue.export import documents, with_examples


def export(folder: Path, *, examples: bool, as_json: bool) -> None:
    """Write the generated files, and say which."""
    files = with_examples() if examples else documents()
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "files": sorted(files)}))
    else:
        typer.echo(f"wrote {len(files)} files to {folder}")
