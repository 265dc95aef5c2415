"""A call centre that drops its calls as files, and looks whether they were taken."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from faults.foreign.side import ENOUGH, Foreign
from liandong.adapters.police.cad import CadExports
from liandong.adapters.sdk import Document, Source
from liandong.adapters.sdk.folder import drop, list_files
from liandong.contracts import IncidentReported

_HEADER = "接警单编号,接警时间,警情类别\n"
_FIRST_CALL = datetime.fromisoformat("2026-01-02T08:00:00")
_INCIDENTS = 5


class CallCentre(Foreign):
    """Drops a file of calls; some calls are told again with another time."""

    adapter = CadExports
    says = IncidentReported

    def __init__(self, folder: Path) -> None:
        self._root, self._given = folder / "cad", folder / "given"
        self._calls = self._files = 0
        self.settings: dict[str, Any] = {"folder": str(self._root), "settled_s": 0}

    async def __aenter__(self) -> Self:
        """Do nothing: folders are there."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing."""

    async def give(self) -> None:
        """Drop one more file."""
        rows = "".join(self._row() for _ in range(ENOUGH))
        name = f"calls-{self._files:04}.csv"
        for place in (self._given, self._root / "inbox"):
            drop(place, name, (_HEADER + rows).encode("gb18030"))
        self._files += 1

    def _row(self) -> str:
        self._calls += 1
        when = _FIRST_CALL + timedelta(seconds=self._calls)
        return f"J{self._calls % _INCIDENTS},{when:%Y-%m-%d %H:%M:%S},火灾\n"

    def acknowledged(self) -> bool:
        """Say whether every file was moved to done/."""
        return len(list_files(self._root / "done")) == self._files

    async def said(self, source: Source[Any]) -> AsyncIterator[Document]:
        """Yield the rows of all files that were dropped."""
        source.paths = list_files(self._given)
        async for document in source.documents():
            yield document
