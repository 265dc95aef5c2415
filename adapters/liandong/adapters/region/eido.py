"""EIDOs of neighbouring regions -> incidents, their agencies and units, from a folder.

Protocol: NENA EIDO (NENA-STA-021.1b-2022), JSON. Direction: in; `eido_write` goes out. Not carried:
private persons and what no contract has a place for (`eido_account`); the originals stay in this
adapter's own journal and nowhere else (docs/adr/0007).
"""

from itertools import islice
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from liandong.adapters.codecs import eido
from liandong.adapters.region.eido_names import Names
from liandong.adapters.region.eido_read import EMITS, Known, read
from liandong.adapters.sdk import Document, Drafts, Projection
from liandong.adapters.sdk.files import FileSettings, FileSource
from liandong.contracts import DocumentError
from liandong.contracts.wire import MAX_BYTES

_REMEMBERED = 4096  # incidents; of one that is forgotten the next EIDO is its first report


Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$", max_length=100)]
"""A domain name, in lower case."""


class EidoFolderSettings(FileSettings):
    """Where EIDOs are dropped, and what we are called in them."""

    domain: Domain = "liandong.invalid"
    """Our own domain in EIDOs that we write: names under it come back as what they were."""


class Memory(BaseModel):
    """What was said of each incident last, the latest last."""

    model_config = ConfigDict(frozen=True)

    incidents: dict[str, Known] = {}


class EidoFolder(FileSource[EidoFolderSettings], Projection[EidoFolderSettings, Memory]):
    """Publish what is new in each EIDO that is dropped as a file."""

    settings_type = EidoFolderSettings
    state_type = Memory
    emits = EMITS
    private = True
    media_type = eido.MEDIA_TYPE
    max_bytes = MAX_BYTES

    def fold(self, state: Memory, document: Document) -> tuple[Memory, Drafts]:
        """Return what is known after an EIDO, and what it says that was not said before.

        Raises:
            DocumentError: It is no EIDO, or lacks what must not be guessed.
        """
        parsed = eido.parse(document.body, zone=self.settings.zone)
        key = parsed.root.id
        reading = read(parsed, self.names, state.incidents.get(key))
        others = {name: known for name, known in state.incidents.items() if name != key}
        kept = dict(islice(others.items(), max(0, len(others) + 1 - _REMEMBERED), None))
        return Memory(incidents=kept | {key: reading.known}), reading.drafts

    @property
    def names(self) -> Names:
        """How names in EIDOs are translated: agencies of elsewhere are filed under our own name."""
        return Names(domain=self.settings.domain, region=self.settings.agency.name)

    def identity(self, body: bytes, otherwise: str) -> str:
        """Return the incident's ``$id`` and when this EIDO of it was written, else the file."""
        try:
            root = eido.parse(body, zone=self.settings.zone).root
        except DocumentError:
            return otherwise
        return f"{root.id},{root.text('lastUpdateTimeStamp') or otherwise}"
