"""The region's adapters hold to what every adapter must. The alerts are made up."""

from pathlib import Path

from liandong.adapters.region.alert_feed import AlertFeed
from liandong.adapters.region.alert_out import AlertOut
from liandong.adapters.region.alerts import AlertFolder, AlertPush
from liandong.adapters.sdk import Document
from liandong.adapters.sdk.conformance import conformance
from liandong.contracts import Envelope
from liandong.contracts.examples import example

SAMPLES = Path(__file__).parents[2] / "samples" / "cap"
ALERTS = [
    Document((SAMPLES / name).read_bytes(), name, "file:cap", "application/cap+xml")
    for name in ("plain.xml", "full.xml")
]
CLOSED = "http://127.0.0.1:1"

TestAlertFolder = conformance(
    AlertFolder, lambda folder: {"folder": folder / "cap"}, fixtures=ALERTS
)
TestAlertPush = conformance(AlertPush, {"port": 0}, fixtures=ALERTS)
TestAlertFeed = conformance(
    AlertFeed, {"url": f"{CLOSED}/feed"}, fixtures=ALERTS, down={"url": f"{CLOSED}/feed"}
)
TestAlertOut = conformance(
    AlertOut,
    lambda folder: {"folder": folder / "out"},
    events=[
        Envelope.from_document(example(name))
        for name in ("alert.issued.v1", "alert.updated.v1", "alert.cancelled.v1")
    ],
    down={"url": f"{CLOSED}/alerts"},
)
