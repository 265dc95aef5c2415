"""Open311 GeoReport v2: lenient in with named defects, strict out. Samples are made up."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from liandong.adapters.codecs.open311 import (
    Attribute,
    Datatype,
    Format,
    NewRequest,
    Problem,
    Receipt,
    Service,
    ServiceDefinition,
    ServiceRequest,
    ServiceType,
    form,
    read,
    write,
)
from liandong.contracts import DocumentError, Reason

SHANGHAI = ZoneInfo("Asia/Shanghai")

SERVICES = (
    Service(
        "GASLEAK", "Gas smell", False, ServiceType.REALTIME, "Leave it", ("gas", "煤气"), "gas"
    ),
    Service("POTHOLE", "Hole in the road", metadata=True),
)
DEFINITION = ServiceDefinition(
    "POTHOLE",
    (
        Attribute("depth_cm", Datatype.NUMBER, required=True, order=1, description="How deep?"),
        Attribute(
            "lane", Datatype.SINGLEVALUELIST, values={"L": "left <lane>", "R": "right & bus"}
        ),
    ),
)
REQUEST = ServiceRequest(
    service_request_id="SR-7",
    status="open",
    service_code="POTHOLE",
    requested_datetime=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    status_notes="A crew\r\nis on its way",
    description="井盖 <missing> & deep",
    updated_datetime=datetime(2026, 11, 20, 18, 0, tzinfo=SHANGHAI),
    address="1 Example Road",
    lat=31.3,
    long=120.62,
    media_url="https://city.example/7.jpg",
)
NEW = NewRequest(
    service_code="POTHOLE",
    lat=31.3,
    long=-120.62,
    description="A hole\nin the road",
    first_name="示例",
    attributes={"depth_cm": ("12",), "seen": ("cars", "bicycles")},
)


@pytest.mark.parametrize("form_", Format)
def test_what_is_written_is_read_back_without_a_defect(form_: Format) -> None:
    """Each kind of answer survives in both formats."""
    assert read.services(write.services(SERVICES, form_)) == read.Read(SERVICES)
    assert read.definition(write.definition(DEFINITION, form_)) == read.Read(DEFINITION)
    assert read.requests(write.requests([REQUEST], form_), UTC) == read.Read((REQUEST,))
    receipts = (Receipt("SR-7", service_notice="Soon"), Receipt(token="T-1"))
    assert read.receipts(write.receipts(receipts, form_)) == read.Read(receipts)
    problems = (Problem(403, "Invalid api_key"), Problem(400, "No place"))
    assert read.problems(write.problems(problems, form_)) == read.Read(problems)


def test_xml_is_declared_and_in_the_standards_order() -> None:
    """UTF-8 is declared and the first elements stand where the standard's example has them."""
    body = write.requests([REQUEST], Format.XML)
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<service_requests><request>")
    assert body.index(b"<service_request_id>") < body.index(b"<status>") < body.index(b"<long>")
    assert b"<zipcode/>" in body


def test_an_empty_list_is_a_list_in_both_formats() -> None:
    """No requests is an answer, not a fault."""
    assert write.requests([], Format.JSON) == b"[]"
    assert read.requests(write.requests([], Format.XML), UTC).value == ()


def test_what_others_write_is_read_and_each_deviation_named() -> None:
    """Ids as numbers, coordinates as text, naive times, empty texts, statuses of their own."""
    body = json.dumps(
        [
            {
                "service_request_id": 638344,
                "status": "In_Progress",
                "service_code": 6,
                "requested_datetime": "2026-11-20T06:37:38",
                "updated_datetime": "yesterday",
                "description": "",
                "lat": "37.76",
                "long": 222.5,
                "media_url": "http://city.example/1.jpg ",
                "zipcode": None,
            }
        ]
    ).encode()
    request, defects = read.requests(body, SHANGHAI).value[0], read.requests(body, SHANGHAI).defects
    assert request == ServiceRequest(
        "638344",
        "in_progress",
        "6",
        datetime(2026, 11, 20, 6, 37, 38, tzinfo=SHANGHAI),
        lat=37.76,
        media_url="http://city.example/1.jpg",
    )
    assert sorted(defect.partition(":")[0].rpartition(".")[2] for defect in defects) == [
        "description",
        "lat",
        "long",
        "requested_datetime",
        "service_code",
        "service_request_id",
        "status",
        "updated_datetime",
    ]


def test_a_list_under_its_name_and_a_bare_object_are_read() -> None:
    """Some servers wrap their list, some send a single object."""
    item = json.loads(write.requests([REQUEST], Format.JSON))[0]
    for body in ({"service_requests": [item]}, item):
        found = read.requests(json.dumps(body).encode(), UTC)
        assert found.value == (REQUEST,)
        assert found.defects == ("service_requests: an object where a list belongs",)


MISSING = {
    "an id": ('[{"status": "open"}]', "service_requests[1].service_request_id"),
    "a time": (
        '[{"service_request_id": "1", "status": "open", "service_code": "2"}]',
        "service_requests[1].requested_datetime",
    ),
    "an object": ('["1"]', "service_requests[1]"),
    "a second id in XML": (
        "<service_requests><request><status/><status/></request></service_requests>",
        "/service_requests/request/status[2]",
    ),
}


@pytest.mark.parametrize(("body", "where"), MISSING.values(), ids=MISSING.keys())
def test_what_is_essential_is_refused_where_it_is_missing(body: str, where: str) -> None:
    """The error says at which item and field."""
    with pytest.raises(DocumentError) as refused:
        read.requests(body.encode(), UTC)
    assert (refused.value.where, refused.value.reason) == (where, Reason.BREAKS_STANDARD)


def test_one_broken_request_spoils_none_of_the_others() -> None:
    """An answer splits into documents, each read on its own."""
    body = write.requests([REQUEST, replace(REQUEST, service_request_id="SR-8")], Format.XML)
    broken = body.replace(b"SR-7", b"")
    first, second = read.split(broken)
    with pytest.raises(DocumentError):
        read.requests(first, UTC)
    assert read.requests(second, UTC).value[0].service_request_id == "SR-8"
    assert len(read.split(write.requests([REQUEST] * 3, Format.JSON))) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REQUEST, status="in_progress"),
        replace(REQUEST, description="x" * 4001),
        replace(REQUEST, requested_datetime=datetime(2026, 1, 1)),  # noqa: DTZ001  naive on purpose
    ],
)
def test_nothing_that_breaks_the_standard_is_written(wrong: ServiceRequest) -> None:
    """A status of our own, a description that is too long, a naive time."""
    with pytest.raises(DocumentError):
        write.requests([wrong], Format.JSON)


def test_a_form_is_read_back() -> None:
    """Attributes keep one answer or several; the unset fields stay unset."""
    assert form.parse(form.render(NEW)) == read.Read(NEW)


def test_a_form_as_a_client_writes_it() -> None:
    """Brackets as they are or percent-encoded, a blank as a plus sign, empty means absent."""
    body = (
        b"api_key=xyz&jurisdiction_id=city.example&service_code=001&lat=31.30&long=120.6&email="
        b"&address_string=1234+Example+Street&description=A+hole%0Ahere&attribute[A]=1"
        b"&attribute%5BB%5D%5B%5D=x&attribute[B][]=y&captcha=1&phone=1&phone=2&last_name=%00Li"
    )
    found = form.parse(body)
    assert found.value == NewRequest(
        "001",
        "city.example",
        "xyz",
        31.3,
        120.6,
        "1234 Example Street",
        description="A hole\nhere",
        phone="2",
        last_name="Li",
        attributes={"A": ("1",), "B": ("x", "y")},
    )
    assert found.defects == (
        "form.last_name: control characters left out",
        "form: a field that the standard does not know: 'captcha'",
        "form.phone: given twice, the last one counts",
    )


def test_a_reporters_name_is_in_no_representation() -> None:
    """What a log prints of a new request names nobody."""
    assert "示例" not in repr(NEW)


BAD_FORMS = {
    "no code": (b"lat=1&long=2", "form.service_code", Reason.BREAKS_STANDARD),
    "no place": (b"service_code=1", "form", Reason.BREAKS_STANDARD),
    "half a position": (b"service_code=1&lat=1", "form", Reason.BREAKS_STANDARD),
    "not on Earth": (b"service_code=1&lat=91&long=1", "form.lat", Reason.BREAKS_STANDARD),
    "not a number": (b"service_code=1&lat=nan&long=1", "form.lat", Reason.BREAKS_STANDARD),
    "underscores": (b"service_code=1&lat=1_0&long=1", "form.lat", Reason.BREAKS_STANDARD),
    "too long": (
        b"service_code=1&address_id=1&description=" + b"x" * 4001,
        "form.description",
        Reason.BREAKS_STANDARD,
    ),
    "no UTF-8": (b"service_code=%ff&address_id=1", "", Reason.WRONG_CHARSET),
    "raw GB18030": ("service_code=煤气".encode("gb18030"), "", Reason.WRONG_CHARSET),
    "many fields": (b"&".join([b"a=1"] * 501), "", Reason.OVERSIZE),
    "many bytes": (b"service_code=" + b"1" * 65_536, "", Reason.OVERSIZE),
}


@pytest.mark.parametrize(("body", "where", "reason"), BAD_FORMS.values(), ids=BAD_FORMS.keys())
def test_a_bad_form_is_refused_where_it_is_bad(body: bytes, where: str, reason: Reason) -> None:
    """The citizen's client can be told what to mend."""
    with pytest.raises(DocumentError) as refused:
        form.parse(body)
    assert (refused.value.where, refused.value.reason) == (where, reason)


@pytest.fixture(scope="session")
def schemas(data_dir: Path) -> Registry:
    """Return the official JSON Schemas, or skip."""
    folder = data_dir.parent / "schemas" / "open311"
    files = sorted(folder.glob("*.json"))
    if not files:
        pytest.skip(f"no schemas at {folder}")
    documents = ((file.name, json.loads(file.read_text())) for file in files)
    return Registry().with_contents(documents, default_specification=DRAFT4)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("services.json", write.services(SERVICES, Format.JSON)),
        ("service-definition.json", write.definition(DEFINITION, Format.JSON)),
        ("requests.json", write.requests([REQUEST], Format.JSON)),
    ],
)
def test_the_official_schemas_accept_what_is_written(
    schemas: Registry, schema: str, body: bytes
) -> None:
    """And they do refuse an answer whose service code goes by another name."""
    validator = Draft4Validator({"$ref": schema}, registry=schemas)
    assert validator.is_valid(json.loads(body))
    assert not validator.is_valid(json.loads(body.replace(b"service_code", b"code")))


GEOREPORT = {
    "services.xml": read.services,
    "service.xml": read.definition,
    "token.xml": read.receipts,
    "requestpost.xml": read.receipts,
}


@pytest.mark.parametrize("name", GEOREPORT)
def test_real_georeport_documents_are_read(data_dir: Path, name: str) -> None:
    """What a municipal system in use answered."""
    assert GEOREPORT[name]((data_dir / "open311" / name).read_bytes()).value


ANSWERS = (
    read.services,
    read.definition,
    lambda body: read.requests(body, UTC),
    read.receipts,
    read.problems,
)


def refusals(body: bytes, *readers: Callable[[bytes], object]) -> list[Reason]:
    """Return why each reader refused, leaving out those that read it."""
    found: list[Reason] = []
    for reader in readers:
        try:
            reader(body)
        except DocumentError as error:
            found.append(error.reason)
    return found


def test_every_real_file_is_read_or_refused_with_a_reason(data_dir: Path) -> None:
    """Back-office replies of other protocols are told apart from GeoReport."""
    files = sorted((data_dir / "open311").iterdir())
    reasons = {file.name: refusals(file.read_bytes(), *ANSWERS) for file in files}
    unread = {name for name, found in reasons.items() if len(found) == len(ANSWERS)}
    # A bare attribute has a code and a description, as an error has.
    assert unread == {file.name for file in files} - {*GEOREPORT, "spec-example-01.json"}
    assert reasons["servicerequests_history_get_51388.xml"][0] is Reason.UNSUPPORTED
    assert reasons["servicerequests_get_SR1.xml"][0] is Reason.NOT_WELL_FORMED  # unbound prefix
    assert reasons["spec-example-00.xml"][0] is Reason.NOT_WELL_FORMED  # two roots


SEEDS = [
    write.services(SERVICES, Format.XML),
    write.definition(DEFINITION, Format.JSON),
    write.requests([REQUEST], Format.XML),
    write.requests([REQUEST], Format.JSON),
    form.render(NEW),
]


@given(
    seed=st.sampled_from(SEEDS),
    at=st.floats(0, 1),
    cut=st.integers(0, 20),
    put=st.binary(max_size=8) | st.sampled_from([b"null", b"{", b"[1e999]", b"<a>", b"&#0;", b"%"]),
)
def test_mutated_bytes_raise_nothing_but_document_errors(
    seed: bytes, at: float, cut: int, put: bytes
) -> None:
    """Whatever comes, a reader reads it or says why not."""
    place = int(at * len(seed))
    refusals(seed[:place] + put + seed[place + cut :], *ANSWERS, read.split, form.parse)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["service_code", "attributes", "values", "key", "lat", "status", "errors"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_raises_nothing_but_document_errors(document: object) -> None:
    """Values of the wrong kind in the right places."""
    refusals(json.dumps(document).encode(), *ANSWERS, read.split)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_survives_in_both_formats(notes: str, code: str) -> None:
    """JSON and XML answers say the same, whatever a citizen typed."""
    request = replace(
        REQUEST,
        status_notes=form.printable(notes).strip() or None,
        service_code=f"c{form.printable(code)}c",
    )
    in_json = read.requests(write.requests([request], Format.JSON), UTC)
    assert in_json == read.requests(write.requests([request], Format.XML), UTC)
    assert in_json.value == (request,)
