"""What an adapter is written against. Import everything from here."""

from liandong.adapters.sdk.adapter import Adapter, Projection, Settings, Sink, Source
from liandong.adapters.sdk.document import Document, Draft, Drafts
from liandong.adapters.sdk.health import Counters, Health
from liandong.adapters.sdk.journal import Journal

__all__ = [
    "Adapter",
    "Counters",
    "Document",
    "Draft",
    "Drafts",
    "Health",
    "Journal",
    "Projection",
    "Settings",
    "Sink",
    "Source",
]
