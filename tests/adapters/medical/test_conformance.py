"""The medical adapters hold to what every adapter must. Patients and vehicles are made up."""

import json
from pathlib import Path

from liandong.adapters.codecs.fhir_beds import MEDIA_TYPE
from liandong.adapters.medical.adt import HospitalBeds
from liandong.adapters.medical.ambulances import AmbulanceOrders, Ambulances
from liandong.adapters.medical.bed_reports import BedReportFiles, BedReports
from liandong.adapters.sdk import Document
from liandong.adapters.sdk.conformance import conformance
from liandong.contracts import Addressee, Agency, Envelope, OrderIssued
from liandong.contracts.examples import example

AGENCY = "lz/medical/120"
ADT = (
    "MSH|^~\\&|HIS|FIRST|LD|CENTRE|20261121160000+0800||ADT^{trigger}^ADT_{trigger}|{number}"
    "|P|2.5||||||UNICODE UTF-8\r"
    "EVN||20261121155500+0800\rPID|1||P-77||虚构^某人\r"
    "PV1|1|I|ICU^2^07||||||||||||||||V-1\r"
)
WARD = {"point_of_care": "ICU", "bed_type": "AdultICU", "beds": 2}
FIRST = {"id": "lz-first", "name": "泸州第一医院", "facilities": ["FIRST"], "wards": [WARD]}
TOPICS = [
    {"pattern": f"ambulances/{{unit}}/{kind}", "mapping": f"ambulance-{kind}"}
    for kind in ("status", "position", "answer")
]
POSITION = {"time": "2026-11-21T08:00:00Z", "lat": 28.9, "lon": 105.4}
NOBODY = {"host": "127.0.0.1", "port": 1, "username": "120", "password": "hunter2-hunter2"}
ORDER = OrderIssued(
    order_id="o-1",
    addressee=Addressee(agency=AGENCY, unit_id="A-7"),
    action="dispatch",
    issued_by="incident commander",
)

REPORTS = Path(__file__).parents[2] / "samples" / "fhir_beds"
STATUS = Envelope.from_document(example("facility.status.v2"))

TestHospitalBeds = conformance(
    HospitalBeds,
    {"port": 0, "hospitals": [FIRST]},
    fixtures=[
        Document(
            ADT.format(trigger=trigger, number=number).encode(), f"HIS {number}", "mllp:127.0.0.1"
        )
        for number, trigger in enumerate(("A01", "A08", "A03"))
    ],
    silent=["HIS 1"],  # who the patient is does not matter to a bed
)
TestAmbulances = conformance(
    Ambulances,
    {"mqtt": NOBODY, "topics": TOPICS},
    fixtures=[
        Document(
            json.dumps(POSITION).encode(),
            "position",
            "mqtt:ambulances/A-7/position",
            "application/json",
        )
    ],
    down={"mqtt": NOBODY, "topics": TOPICS},
)
TestAmbulanceOrders = conformance(
    AmbulanceOrders,
    {"agency": AGENCY, "mqtt": NOBODY},
    events=[Envelope(source=Agency.parse("lz/centre/desk"), area="lz.1", data=ORDER)],
    reachable=False,
    down={"agency": AGENCY, "mqtt": NOBODY},
)
TestBedReports = conformance(
    BedReports,
    lambda folder: {"folder": folder / "reports"},
    fixtures=[
        Document((REPORTS / "full.json").read_bytes(), "full", "file:full.json", MEDIA_TYPE),
    ],
)
TestBedReportFiles = conformance(
    BedReportFiles, lambda folder: {"folder": folder / "out"}, events=[STATUS]
)
