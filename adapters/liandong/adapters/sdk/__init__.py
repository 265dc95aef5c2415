"""What an adapter is written against. Import everything from here."""

from liandong.adapters.sdk.adapter import Adapter, Bridge, Projection, Settings, Sink, Source
from liandong.adapters.sdk.backoff import Backoff
from liandong.adapters.sdk.document import Document, Draft, Drafts
from liandong.adapters.sdk.health import Counters, Health
from liandong.adapters.sdk.journal import Journal
from liandong.adapters.sdk.runner import read_once, run, run_forever
from liandong.adapters.sdk.watcher import Watcher

__all__ = [
    "Adapter",
    "Backoff",
    "Bridge",
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
