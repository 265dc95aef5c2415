"""Tables dropped in a folder, read through a mapping file: what police and fire exports share.

One row is one document: its body is the header's bytes and its own, so that a dead letter is read
again without the file. A file whose header cannot be read, or fits no mapping, is one document that
is refused: the file goes to rejected/.
"""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Annotated, BinaryIO, ClassVar, TypeVar

from pydantic import Field

from liandong.adapters.codecs import table
from liandong.adapters.codecs.mapping import Mapping, Reading, mapping_for
from liandong.adapters.sdk.adapter import Settings, Source
from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.folder import DropFolder, DroppedFile, FileDocument, given_files
from liandong.adapters.sdk.mappings import read_mapping, shipped_mappings
from liandong.contracts import AgencyUnavailable, ConfigurationError, DocumentError, Event

_HEAD = 65_536  # what the dead letter of a refused file shows of it
_ROW, _FILE = "text/csv; charset=", "text/csv; part=file; charset="


class TableSettings(Settings):
    """Where tables are dropped, and how they are read."""

    folder: Path | None = None
    """The parent of inbox/, work/, done/ and rejected/; None where files are only given by name."""
    settled_s: Annotated[float, Field(ge=0)] = 1.0
    """How long a file must stand still before it is read, in seconds."""
    mapping: Path | None = None
    """The mapping file; None takes the shipped one that fits the header."""
    charset: str | None = None
    """The charset of every file; None tells UTF-8 and GB18030 apart."""


@dataclass
class Progress:
    """How far the reading is.

    Attributes:
        rows: Rows read so far.
        read: Bytes read so far.
        total: Bytes of the files that were begun.
    """

    rows: int = 0
    read: int = 0
    total: int = 0


@dataclass(frozen=True)
class _Survey:
    head: bytes
    sha256: str
    size: int
    charset: str


S = TypeVar("S", bound=TableSettings)


class TableSource(Source[S]):
    """Reads the rows of dropped tables. A subclass says what a row means.

    Attributes:
        package: The package whose ``mappings`` folder holds the shipped mapping files.
        rows_are: The events that a mapping may name for a row.
        paths: Files and folders to read once, where they are, instead of watching the folder.
    """

    package: ClassVar[str]
    rows_are: ClassVar[tuple[type[Event], ...]]
    paths: tuple[Path, ...] = ()

    @cached_property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress()

    async def documents(self) -> AsyncIterator[Document]:
        """Yield the rows of `paths` and end; without any, those of the folder's files, for ever.

        Raises:
            ConfigurationError: A mapping cannot be used, a path is not there, or there is none.
        """
        self._mappings  # noqa: B018  a mapping that is wrong stops it before a file is touched
        if self.paths:
            self.ready.set()
            for file in given_files(self.paths):
                async for document in self._rows_of(file):
                    yield document
        elif self.settings.folder:
            with DropFolder(self.settings.folder, settled_s=self.settings.settled_s) as folder:
                self.ready.set()
                async for file in folder.files():
                    async for document in self._rows_of(file):
                        yield document
        else:
            raise ConfigurationError(f"{self.settings.name}: set its folder, or name the files")

    def read(self, document: Document) -> tuple[Mapping, Reading]:
        """Return the mapping that fits a row, and what the row says by its names. Pure.

        Raises:
            DocumentError: It cannot be read, or lacks what the mapping requires.
        """
        charset = document.media_type.rpartition("charset=")[2] or "utf-8"
        if document.media_type.startswith(_FILE):
            self._check_header(document.body, charset)
            raise DocumentError(table.STANDARD, "a row; of this file only its head was kept")
        record = table.read_record(document.body, charset)
        mapping = self._fitting(tuple(record.fields))
        reading = mapping.read(record.fields, zone=self.settings.zone)
        reading.defects[:0] = record.defects
        return mapping, reading

    async def _rows_of(self, file: DroppedFile) -> AsyncIterator[Document]:
        try:
            survey = await asyncio.to_thread(_survey, file.path, self.settings.charset)
        except OSError as error:
            problem = f"cannot read {file.path}: {error.strerror}"
            self.health.note(problem)
            file.refused("", AgencyUnavailable(problem), whole=True)
        else:
            for document in self._documents_in(file, survey):
                file.offer(document.identity)
                yield document
        file.all_offered()

    def _documents_in(self, file: DroppedFile, survey: _Survey) -> Iterator[Document]:
        peer, name = f"file:{file.name}", f"{file.name}:{{}}:{survey.sha256[:16]}"
        begun = self.progress.read
        self.progress.total += survey.size
        try:
            self._check_header(survey.head, survey.charset)
        except DocumentError:  # which translating the document raises again
            yield FileDocument(
                survey.head,
                name.format("file"),
                peer,
                _FILE + survey.charset,
                file=file,
                whole=True,
            )
            return
        with file.path.open("rb") as stream:
            for row in table.read_rows(_lines(stream), survey.charset):
                self.progress.rows += 1
                self.progress.read = begun + row.end
                yield FileDocument(
                    row.body, name.format(row.number), peer, _ROW + survey.charset, file=file
                )

    def _check_header(self, head: bytes, charset: str) -> None:
        names = table.read_columns(_lines(io.BytesIO(head)), charset)
        self._fitting(tuple(name for name in names if name))

    @cached_property
    def _mappings(self) -> tuple[Mapping, ...]:
        if own := self.settings.mapping:
            return (read_mapping(own, *self.rows_are),)
        return shipped_mappings(self.package, *self.rows_are)

    @cached_property
    def _fitting(self) -> Callable[[tuple[str, ...]], Mapping]:
        return lru_cache(maxsize=64)(partial(mapping_for, mappings=self._mappings))


def _survey(path: Path, charset: str | None) -> _Survey:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
        stream.seek(0)
        return _Survey(head, sha256, size, charset or table.detect_charset(_lines(stream)))


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    return iter(partial(stream.readline, table.MAX_ROW), b"")


__all__ = ["Progress", "TableSettings", "TableSource"]
