"""The municipal adapters hold to what every adapter must. Forms and roads are made up."""

import tomllib
from importlib.resources import files

from liandong.adapters.municipal.backoffice import BackOffice
from liandong.adapters.municipal.georeport import GeoReport
from liandong.adapters.sdk import Document
from liandong.adapters.sdk.conformance import conformance
from liandong.contracts import Addressee, Agency, Envelope, Location, OrderIssued, Point

SHIPPED = files("liandong.adapters.municipal")
LINE = tomllib.loads(SHIPPED.joinpath("georeport.toml").read_text())
OFFICE = tomllib.loads(SHIPPED.joinpath("backoffice.toml").read_text())
NOBODY = {"endpoint": "http://127.0.0.1:1/v2", "api_key": "hunter2-hunter2"}
FORM = "application/x-www-form-urlencoded"
GAS = b"service_code=GASLEAK&lat=31.3&long=120.62&description=Smell&attribute%5Bindoors%5D=yes"
WASTE = b"service_code=BULKWASTE&address_string=1+Example+Road"
ORDER = OrderIssued(
    order_id="order-1",
    addressee=Addressee(agency=OFFICE["agency"]),
    action="close_road",
    location=Location(point=Point.at(120.62, 31.3), address="Example Road 1 to 20"),
    issued_by="incident commander",
)

TestGeoReport = conformance(
    GeoReport,
    LINE | {"port": 0, "api_key": "hunter2-hunter2"},
    fixtures=[
        Document(GAS, "20261121080000-0123abcd", "http:127.0.0.1", FORM),
        Document(WASTE, "20261121080001-0123abce", "http:127.0.0.1", FORM),
    ],
    silent=["20261121080001-0123abce"],  # what stays municipal is nobody else's business
)
TestBackOffice = conformance(
    BackOffice,
    OFFICE | NOBODY,
    events=[Envelope(source=Agency.parse("lz/centre/desk"), area="lz.1", data=ORDER)],
    reachable=False,
    down=OFFICE | NOBODY,
)
