"""Documents that are whole files, dropped into a folder or named one by one."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

from pydantic import Field

from liandong.adapters.sdk.adapter import Settings, Source
from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.folder import DropFolder, DroppedFile, FileDocument, given_files
from liandong.contracts import ConfigurationError


class FileSettings(Settings):
    """Where files are dropped."""

    folder: Path | None = None
    """The parent of inbox/, work/, done/ and rejected/; None where files are only given by name."""
    settled_s: Annotated[float, Field(ge=0)] = 1.0
    """How long a file must stand still before it is read, in seconds."""


S = TypeVar("S", bound=FileSettings)


class FileSource(Source[S]):
    """Reads files, each of which is one document. A subclass says what it is and what it says.

    Attributes:
        media_type: What the files are.
        max_bytes: The longest file that the subclass's codec takes.
        paths: Files and folders to read once, where they are, instead of watching the folder.
    """

    media_type: ClassVar[str]
    max_bytes: ClassVar[int]
    paths: tuple[Path, ...] = ()

    @abstractmethod
    def identity(self, body: bytes, otherwise: str) -> str:
        """Return what its own system calls a document.

        Args:
            body: The document.
            otherwise: What to call it where it cannot be read.
        """

    async def documents(self) -> AsyncIterator[Document]:
        """Yield the files of `paths` and end; without any, those of the folder, for ever.

        Raises:
            ConfigurationError: A path is not there, or there is no folder either.
        """
        self.ready.set()
        if self.paths:
            for file in given_files(self.paths):
                yield self._whole(file)
        elif self.settings.folder:
            with DropFolder(self.settings.folder, settled_s=self.settings.settled_s) as folder:
                async for file in folder.files():
                    yield self._whole(file)
        else:
            raise ConfigurationError(f"{self.settings.name}: set its folder, or name the files")

    def _whole(self, file: DroppedFile) -> Document:
        with file.path.open("rb") as stream:
            body = stream.read(self.max_bytes + 1)  # one byte more is refused all the same
        document = FileDocument(
            body,
            self.identity(body, file.name),
            peer=f"file:{file.name}",
            media_type=self.media_type,
            file=file,
            whole=True,
        )
        file.offer(document.identity)
        file.all_offered()
        return document
