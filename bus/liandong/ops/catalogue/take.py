"""Taking the contracts elsewhere."""

import json
from pathlib import Path

import typer

from liandong.contracts.catalogue.export import documents, with_examples
from liandong.ops.errors import CommandError


def export(folder: Path, *, examples: bool, as_json: bool) -> None:
    """Write the generated files, and say which.

    Raises:
        CommandError: They cannot be written there.
    """
    files = with_examples() if examples else documents()
    try:
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {error.filename}: {error.strerror}") from None
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "files": sorted(files)}))
    else:
        typer.echo(f"wrote {len(files)} files to {folder}")
