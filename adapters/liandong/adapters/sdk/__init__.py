"""What an adapter is written against. Import everything from here."""

from liandong.adapters.sdk.adapter import Adapter, Projection, Settings, Sink, Source
from liandong.adapters.sdk.backoff import Backoff
from liandong.adapters.sdk.document import Document, Draft, Drafts
from liandong.adapters.sdk.health import Counters, Health
from liandong.adapters.sdk.intake import Watcher
from liandong.adapters.sdk.journal import Journal
from liandong.adapters.sdk.runner import read_once, run, run_forever

__all__ = [
    "Adapter",
    "Backoff",
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
    "Watcher",
    "read_once",
    "run",
    "run_forever",
]
