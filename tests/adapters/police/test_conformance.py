"""The police adapters hold to what every adapter must. The calls are made up."""

from pathlib import Path
from typing import Any

from liandong.adapters.police.cad import CadExports
from liandong.adapters.police.orders import CadOrders
from liandong.adapters.sdk import Document
from liandong.adapters.sdk.conformance import conformance
from liandong.contracts import Addressee, Agency, Envelope, OrderIssued

AGENCY = "lz/police/110"
CSV = "text/csv; charset=utf-8"
HEADER = "接警单编号,接警时间,警情类别,警情级别,警情地点,报警内容,经度,纬度,行政区划代码\r\n"
ROWS = (
    "J001,2026-01-02 08:00:00,危险化学品泄漏,一级,化工路1号,有刺鼻气味,120.62,31.32,320506\r\n",
    "J002,2026-01-02 08:05:00,噪声扰民,四级,广场,音响太大,120.63,31.33,320506\r\n",
)
ORDER = OrderIssued(
    order_id="o-1",
    addressee=Addressee(agency=AGENCY, unit_id="P3"),
    action="close_road",
    issued_by="incident commander",
)


def _under_a_file(folder: Path) -> dict[str, Any]:
    """Return settings whose folder can never be made."""
    (folder / "file").touch()
    return {"agency": AGENCY, "folder": folder / "file" / "orders"}


TestCadExports = conformance(
    CadExports,
    lambda folder: {"folder": folder / "cad"},
    fixtures=[
        Document((HEADER + row).encode(), f"calls.csv:{n}", "file:calls.csv", CSV)
        for n, row in enumerate(ROWS)
    ],
)
TestCadOrders = conformance(
    CadOrders,
    lambda folder: {"agency": AGENCY, "folder": folder / "orders"},
    events=[Envelope(source=Agency.parse("lz/centre/desk"), area="lz.1", data=ORDER)],
    down=_under_a_file,
)
