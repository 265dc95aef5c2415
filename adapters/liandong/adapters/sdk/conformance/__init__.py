"""What every adapter must hold to, as tests: one line gives an adapter those that apply to it.

    TestGauges = conformance(Gauges, {"port": 0}, fixtures=[Document(b"…", "g-1", "tcp:10.0.0.5")])

A check that fails says what the adapter did, and with which document.
The fixtures ``bus`` and ``tmp_path`` come from `liandong.bus.testing` and pytest.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from liandong.adapters.sdk.adapter import Adapter, Sink, Source
from liandong.adapters.sdk.conformance.common import CommonChecks
from liandong.adapters.sdk.conformance.hardships import made
from liandong.adapters.sdk.conformance.outage import OutageChecks
from liandong.adapters.sdk.conformance.sink import SinkChecks
from liandong.adapters.sdk.conformance.source import SourceChecks
from liandong.adapters.sdk.document import Document
from liandong.contracts import Envelope

SettingsOf = Mapping[str, Any] | Callable[[Path], Mapping[str, Any]]
"""An adapter's settings, or what makes them from a folder of the test's own."""


def conformance(
    adapter: type[Adapter[Any]],
    settings: SettingsOf,
    *,
    fixtures: Sequence[Document] = (),
    silent: Sequence[str] = (),
    events: Sequence[Envelope] = (),
    reachable: bool = True,
    down: SettingsOf | None = None,
) -> type:
    """Return a class of tests for an adapter.

    Args:
        adapter: The adapter's class.
        settings: Its settings; ``name``, ``agency`` and ``area`` are filled in where missing.
        fixtures: Documents that a source takes, in the order they come.
        silent: Identities of those that say nothing on the bus.
        events: Events that a sink delivers.
        reachable: Whether the sink's foreign system is up with these settings; where it is not,
            only its outage is looked at.
        down: Settings with which its foreign system does not answer.
    """
    kinds: list[type] = [CommonChecks]
    if issubclass(adapter, Source) and fixtures:
        kinds.append(SourceChecks)
    if issubclass(adapter, Sink) and events and reachable:
        kinds.append(SinkChecks)
    if down is not None:
        kinds.append(OutageChecks)
    attributes = {
        "adapter": adapter,
        "settings": staticmethod(made(settings)),
        "down": staticmethod(made(down or {})),
        "fixtures": tuple(fixtures),
        "silent": frozenset(silent),
        "events": tuple(events),
    }
    return type(f"{adapter.__name__}Conformance", tuple(reversed(kinds)), attributes)
