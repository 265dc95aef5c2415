"""Reading files once, to the last row, and accounting for each."""

import json
import sys
import time
from pathlib import Path
from typing import Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from liandong.adapters.sdk import Document, Journal, Source, Watcher, read_once
from liandong.bus import connect, home
from liandong.contracts import Agency, Envelope, LiandongError
from liandong.ops.errors import CommandError, Exit
from liandong.ops.site import adapter_kind

READERS = {
    "fire": {"": "fire.dispatch"},
    "medical": {"": "medical.bed-reports"},
    "police": {"": "police.cad"},
    "region": {"": "region.alert-folder", ".json": "region.eido-folder"},
}
"""Which adapter reads an agency's files, by their suffix where that tells."""

_SHOWN_REFUSALS = 10


class Account(Watcher):
    """Accounts for every document."""

    def __init__(self, source: Source[Any], progress: "Bar") -> None:
        self.read = self.settled_documents = self.rejected = self.events = self.duplicates = 0
        self._defects: dict[str, set[str]] = {}
        self.refusals: list[str] = []
        self._source, self._progress = source, progress
        self._counted: dict[str, set[str]] = {}

    def took(self, document: Document) -> None:
        """Count a document."""
        del document
        self.read += 1

    def said(self, document: Document, envelope: Envelope, *, new: bool) -> None:
        """Count an event, what it stands for, and its document's defects."""
        self.events += new
        self.duplicates += not new
        if provenance := envelope.data.provenance:
            for defect in provenance.defects:
                name = defect.partition(":")[0]
                self._defects.setdefault(name, set()).add(document.identity)
        for name, identity in self._source.tally(envelope.data):
            self._counted.setdefault(name, set()).add(identity)

    def settled(self, document: Document, error: LiandongError | None) -> None:
        """Count an outcome."""
        self.settled_documents += 1
        if error:
            self.rejected += 1
            if len(self.refusals) < _SHOWN_REFUSALS:
                self.refusals.append(f"{document.identity}: {error}")
        self._progress.advance(self._source)

    def counted(self) -> dict[str, int]:
        """Return how many different things of each kind the documents spoke of."""
        return {name: len(identities) for name, identities in sorted(self._counted.items())}

    def defects(self) -> dict[str, int]:
        """Return how many documents had each kind of defect."""
        return {name: len(documents) for name, documents in sorted(self._defects.items())}


class Bar:
    """A progress bar on standard error, where that is a terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("reading", total=None)

    def __enter__(self) -> Self:
        """Show it."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it as it is."""
        self._bar.stop()

    def advance(self, source: Source[Any]) -> None:
        """Move it to where the source is."""
        progress = getattr(source, "progress", None)
        if progress is not None:
            self._bar.update(self._task, completed=progress.read, total=progress.total)


async def ingest_files(
    agency: str,
    paths: list[Path],
    settings: dict[str, Any],
    *,
    mapping: Path | None,
    timezone: str,
    area: str,
    as_json: bool,
) -> int:
    """Read files as an agency's adapter would; return how the command ends."""
    source = _source(agency, paths, settings, mapping=mapping, timezone=timezone, area=area)
    started = time.monotonic()
    with source.journal, Bar() as bar:
        account = Account(source, bar)
        spoken_for = settings | {"agency": source.settings.agency, "mode": source.settings.mode}
        async with await connect(**spoken_for) as bus:
            await read_once(source, bus, account)
    _report(account, time.monotonic() - started, as_json=as_json)
    return Exit.OK if account.read == account.settled_documents else Exit.FAILED


def _source(
    agency: str,
    paths: list[Path],
    settings: dict[str, Any],
    *,
    mapping: Path | None,
    timezone: str,
    area: str,
) -> Any:
    if agency not in READERS:
        raise CommandError(
            f"nothing reads files for {agency!r}; there are {', '.join(READERS)}", Exit.USAGE
        )
    if missing := [str(path) for path in paths if not path.exists()]:
        raise CommandError(f"no such file: {', '.join(missing)}", Exit.NOT_FOUND)
    reader = _reader(agency, paths)
    kind, name = adapter_kind(reader), f"ingest-{reader.replace('.', '-')}"
    values: dict[str, Any] = {
        "name": name,
        "agency": settings.get("agency") or str(Agency("local", agency, "files")),
        "mode": settings.get("mode", "live"),
        "area": area,
    }
    values |= {"mapping": mapping} if mapping else {}
    values |= {"timezone": timezone} if timezone else {}
    source = kind(kind.settings_type(**values), Journal(home() / "adapters" / f"{name}.db"))
    source.paths = tuple(paths)  # type: ignore[attr-defined]
    return source


def _reader(agency: str, paths: list[Path]) -> str:
    """Return the adapter that reads these files: one reads them all."""
    files = [file for path in paths for file in (path.iterdir() if path.is_dir() else (path,))]
    readers = READERS[agency]
    found = {readers.get(file.suffix, readers[""]) for file in files} or {readers[""]}
    if len(found) > 1:
        raise CommandError(
            f"files for {' and for '.join(sorted(found))}: one kind a time", Exit.USAGE
        )
    return found.pop()


def _report(account: Account, seconds: float, *, as_json: bool) -> None:
    rates = {
        "rows_per_s": round(account.read / seconds, 1),
        "events_per_s": round((account.events + account.duplicates) / seconds, 1),
    }
    about = {
        "read": account.read,
        **account.counted(),
        "events": account.events,
        "duplicates": account.duplicates,
        "rejected": account.rejected,
        "lost": account.read - account.settled_documents,
        "defects": account.defects(),
        "seconds": round(seconds, 2),
        **rates,
    }
    for refusal in account.refusals:
        typer.echo(f"refused {refusal}", err=True)
    if account.rejected:
        typer.echo(f"{account.rejected} refused in all: liandong dead list", err=True)
    typer.echo(
        f"{rates['rows_per_s']:,.0f} documents/s, {rates['events_per_s']:,.0f} events/s", err=True
    )
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
        return
    for name, value in about.items():
        typer.echo(f"{name:<16} {value}")
