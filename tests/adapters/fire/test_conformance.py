"""The fire adapters hold to what every adapter must. The calls and vehicles are made up."""

import json

from liandong.adapters.fire.dispatch import DispatchRecords
from liandong.adapters.fire.orders import StationOrders
from liandong.adapters.fire.telemetry import Telemetry
from liandong.adapters.sdk import Document
from liandong.adapters.sdk.conformance import conformance
from liandong.contracts import Addressee, Agency, Envelope, OrderIssued

AGENCY = "lz/fire/springs"
HEADER = (
    "Call Number,Unit ID,Call Type,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,"
    "On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm,Address,City,Battalion,"
    "Final Priority,Unit Type,Number of Alarms,Location\n"
)
ROW = (
    "7,{unit},Structure Fire,01/02/2026 08:00:00 AM,01/02/2026 08:00:30 AM,"
    "01/02/2026 08:01:00 AM,01/02/2026 08:02:00 AM,01/02/2026 08:06:00 AM,,,"
    "01/02/2026 09:00:00 AM,100 Block of ELM ST,Springs,B02,3,ENGINE,1,"
    '"(37.5, -122.5)"\n'
)
# No sensor's message is among them: it may be plain text, and so is whatever can be read as text.
MESSAGES = {
    "fire/units/E7/position": {"time": "2026-01-02T08:00:00+08:00", "lat": 31.3, "lon": 120.6},
    "fire/answers/E7": {"order_id": "o-1", "state": "accepted", "time": 1767312000},
}
TOPICS = [
    {"pattern": "fire/units/{unit}/position", "mapping": "vehicle-position"},
    {"pattern": "fire/sensors/{datastream}", "mapping": "observation"},
    {"pattern": "fire/answers/{unit}", "mapping": "station-answer"},
]
NOBODY = {"host": "127.0.0.1", "port": 1, "username": "fire", "password": "hunter2-hunter2"}
ORDER = OrderIssued(
    order_id="o-1",
    addressee=Addressee(agency=AGENCY, unit_id="E7"),
    action="dispatch",
    issued_by="incident commander",
)

TestDispatchRecords = conformance(
    DispatchRecords,
    lambda folder: {"folder": folder / "calls"},
    fixtures=[
        Document(
            (HEADER + ROW.format(unit=unit)).encode(),
            f"calls.csv:{unit}",
            "file:calls.csv",
            "text/csv; charset=utf-8",
        )
        for unit in ("E1", "T2")
    ],
)
TestTelemetry = conformance(
    Telemetry,
    {"mqtt": NOBODY, "topics": TOPICS},
    fixtures=[
        Document(json.dumps(payload).encode(), topic, f"mqtt:{topic}", "application/json")
        for topic, payload in MESSAGES.items()
    ],
    down={"mqtt": NOBODY, "topics": TOPICS},
)
TestStationOrders = conformance(
    StationOrders,
    {"agency": AGENCY, "mqtt": NOBODY},
    events=[Envelope(source=Agency.parse("lz/centre/desk"), area="lz.1", data=ORDER)],
    reachable=False,
    down={"agency": AGENCY, "mqtt": NOBODY},
)
