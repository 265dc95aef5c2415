"""The municipal line's GeoReport endpoint, over real HTTP."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from municipal_line import GAS, WASTE, Line, started

from liandong.adapters.codecs.open311 import Format, Problem, ServiceType, read
from liandong.adapters.municipal.georeport import GeoReport
from liandong.adapters.municipal.settings import GeoReportSettings
from liandong.adapters.sdk import Document, Journal
from liandong.contracts import (
    Discipline,
    DocumentError,
    IncidentReported,
    Precedence,
    Reason,
    ReferralOffered,
    TransportError,
)

OK, CREATED, BAD, FORBIDDEN, MISSING, LATER = 200, 201, 400, 403, 404, 503


def problems(answer: httpx.Response) -> tuple[Problem, ...]:
    """Return the errors of an answer, read as a client reads them."""
    return read.problems(answer.content).value


async def test_services_are_listed_alike_in_both_formats(client: httpx.AsyncClient) -> None:
    """Three services of the example, with the content types of the standard."""
    in_json, in_xml = await client.get("/services.json"), await client.get("/services.xml")
    assert in_json.headers["content-type"] == "application/json; charset=utf-8"
    assert in_xml.headers["content-type"] == "text/xml; charset=utf-8"
    listed = read.services(in_json.content)
    assert listed == read.services(in_xml.content)
    assert [(s.service_code, s.metadata, s.type) for s in listed.value] == [
        ("GASLEAK", True, ServiceType.REALTIME),
        ("FALLENTREE", False, ServiceType.REALTIME),
        ("BULKWASTE", False, ServiceType.BATCH),
    ]


async def test_a_definition_asks_its_questions(client: httpx.AsyncClient) -> None:
    """In both formats; a service that is not offered is not found."""
    found = read.definition((await client.get("/services/GASLEAK.json")).content)
    assert found == read.definition((await client.get("/services/GASLEAK.xml")).content)
    assert found.value.attributes[0].values == {"yes": "yes", "no": "no"}
    missing = await client.get("/services/UFO.json")
    assert (missing.status_code, problems(missing)) == (
        MISSING,
        (Problem(404, "service_code not found"),),
    )


async def test_a_request_is_answered_only_when_it_is_safe(
    line: Line, client: httpx.AsyncClient
) -> None:
    """Before `accept` there is no answer, and nobody else sees the request."""
    posting = asyncio.create_task(client.post("/requests.json", data=GAS))
    document = await line.taken.get()
    hidden = await client.get(f"/requests/{document.identity}.json")
    assert (posting.done(), hidden.status_code) == (False, MISSING)
    await document.accept()
    answer = await posting
    receipt = read.receipts(answer.content).value[0]
    assert (answer.status_code, receipt.service_request_id) == (CREATED, document.identity)
    assert receipt.service_notice == "Leave the building. Touch no switch."
    shown = await client.get(f"/requests/{document.identity}.xml")
    assert read.requests(shown.content, UTC).value[0].status == "open"


async def test_an_urgent_request_becomes_a_referral_that_names_nobody(
    line: Line, client: httpx.AsyncClient
) -> None:
    """What the emergency side needs travels; who posted it does not."""
    posting = asyncio.create_task(client.post("/requests.json", data=GAS))
    document = await line.taken.get()
    (draft,) = line.adapter.translate(document)
    await document.accept()
    await posting
    event = draft.event
    assert isinstance(event, ReferralOffered)
    assert (event.from_service, event.to_service) == (Discipline.MUNICIPAL, Discipline.FIRE)
    assert event.service_request_id == document.identity
    assert event.location
    assert event.location.point
    assert event.location.point.coordinates == (120.62, 31.3)
    assert event.attributes[0].values == ("yes",)
    assert event.description == GAS["description"]
    assert draft.precedence is Precedence.IMMEDIATE
    said = event.model_dump_json()
    assert not any(GAS[name] in said for name in ("first_name", "phone", "device_id"))


def test_what_a_service_makes_of_a_request_is_data(georeport: GeoReport) -> None:
    """A fallen tree is published as municipal; bulky waste concerns nobody else."""
    tree = Document(b"service_code=FALLENTREE&address_id=7", "20261121080000-0123abcd", "test")
    (draft,) = georeport.translate(tree)
    assert isinstance(draft.event, IncidentReported)
    assert draft.event.disciplines == (Discipline.MUNICIPAL,)
    assert draft.time == datetime(2026, 11, 21, 8, tzinfo=UTC)
    waste = Document(b"service_code=BULKWASTE&address_id=7", "20261121080000-0123abcd", "test")
    assert tuple(georeport.translate(waste)) == ()


@given(at=st.floats(0, 1), cut=st.integers(0, 20), put=st.binary(max_size=8))
@hypothesis.settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_form_raises_nothing_but_a_document_error(
    georeport: GeoReport, at: float, cut: int, put: bytes
) -> None:
    """Whatever a form has become, it is translated or refused with a reason."""
    body = urlencode(GAS).encode()
    place = int(at * len(body))
    mutated = Document(body[:place] + put + body[place + cut :], "any", "test")
    with suppress(DocumentError):
        tuple(georeport.translate(mutated))


@pytest.mark.usefixtures("accepting")
async def test_the_same_form_from_the_same_client_is_the_same_request(
    client: httpx.AsyncClient,
) -> None:
    """A repeat gets the id again; another device or another text gets another."""
    first = await client.post("/requests.json", data=GAS)
    again = await client.post("/requests.json", data=dict(reversed(GAS.items())))
    other = await client.post("/requests.json", data=GAS | {"device_id": "phone-2"})
    changed = await client.post("/requests.json", data=GAS | {"description": "Worse now"})
    assert (first.status_code, again.status_code) == (CREATED, OK)
    assert again.json() == first.json()
    ids = {answer.json()[0]["service_request_id"] for answer in (first, other, changed)}
    assert len(ids) == 3


async def test_a_repeat_while_the_first_is_under_way_is_one_document(
    line: Line, client: httpx.AsyncClient
) -> None:
    """Both carry one identity and equal bytes, so the bus hears it once."""
    posting = [asyncio.create_task(client.post("/requests.json", data=GAS)) for _ in range(2)]
    documents = [await line.taken.get() for _ in posting]
    assert len({(d.identity, d.sha256) for d in documents}) == 1
    drafts = [tuple(line.adapter.translate(document)) for document in documents]
    assert drafts[0] == drafts[1]
    await asyncio.gather(*(document.accept() for document in documents))
    answers = await asyncio.gather(*posting)
    assert answers[0].json() == answers[1].json()


async def test_a_restart_before_the_answer_keeps_the_id(
    settings: GeoReportSettings, journal: Journal
) -> None:
    """The client that was never answered sends again, and it is the same request."""
    ids: list[str] = []
    for _ in range(2):
        async with started(GeoReport(settings, journal)) as line:
            url = f"http://{line.adapter.address}/requests.json"
            async with httpx.AsyncClient() as client:
                posting = asyncio.create_task(client.post(url, data=GAS))
                ids.append((await line.taken.get()).identity)
                posting.cancel()
    assert ids[0] == ids[1]


class TestRepeatsThatAreLate:
    """What was posted longer ago than the site's window is a new request."""

    @pytest.fixture
    def options(self) -> dict[str, object]:
        """Make the window as short as can be."""
        return {"repeat_within": timedelta(seconds=-1)}

    @pytest.mark.usefixtures("accepting")
    async def test_it_is_new(self, client: httpx.AsyncClient) -> None:
        """The same form is taken twice."""
        answers = [await client.post("/requests.json", data=WASTE) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [CREATED, CREATED]


@pytest.mark.usefixtures("accepting")
async def test_a_batch_service_answers_with_a_token(client: httpx.AsyncClient) -> None:
    """And the token gives the id; one that we never gave is not found."""
    receipt = read.receipts((await client.post("/requests.xml", data=WASTE)).content).value[0]
    assert receipt.service_request_id is None
    found = read.receipts((await client.get(f"/tokens/{receipt.token}.json")).content).value[0]
    assert found.token == receipt.token
    shown = await client.get(f"/requests/{found.service_request_id}.json")
    assert shown.json()[0]["address"] == "1 Example Road"
    assert (await client.get("/tokens/nobody.json")).status_code == MISSING


@pytest.mark.parametrize("form", Format)
async def test_a_request_that_cannot_be_stored_now_may_be_sent_again(
    line: Line, client: httpx.AsyncClient, form: Format
) -> None:
    """503 with Retry-After; the next try keeps the id and succeeds."""
    posting = asyncio.create_task(client.post(f"/requests.{form}", data=GAS))
    document = await line.taken.get()
    await document.refuse(TransportError("away", reason=Reason.NO_CONFIRMATION, after=2.5))
    answer = await posting
    assert (answer.status_code, answer.headers["retry-after"]) == (LATER, "3")
    assert problems(answer)[0].code == LATER
    again = asyncio.create_task(client.post(f"/requests.{form}", data=GAS))
    repeated = await line.taken.get()
    assert repeated.identity == document.identity
    await repeated.accept()
    assert (await again).status_code == CREATED


async def test_a_request_that_is_refused_for_good_says_why(
    line: Line, client: httpx.AsyncClient
) -> None:
    """400 with the reason in the format that was asked for."""
    posting = asyncio.create_task(client.post("/requests.xml", data=GAS))
    document = await line.taken.get()
    await document.refuse(DocumentError("GeoReport v2", "something else"))
    answer = await posting
    assert answer.status_code == BAD
    assert "something else" in problems(answer)[0].description


WRONG = {
    "no service": ({"service_code": ""}, BAD, "form.service_code"),
    "unknown service": ({"service_code": "UFO"}, MISSING, "service_code not found"),
    "no place": ({"lat": "", "long": ""}, BAD, "no place"),
    "not on Earth": ({"lat": "131.3"}, BAD, "form.lat"),
    "no answer": ({"attribute[indoors]": ""}, BAD, "attribute[indoors]"),
    "strange answer": ({"attribute[indoors]": "perhaps"}, BAD, "one of yes, no"),
    "long link": ({"media_url": "http://x.example/" + "x" * 2000}, BAD, "form.media_url"),
    "long text": ({"description": "x" * 4001}, BAD, "form.description"),
    "long body": ({"description": "x" * 65_536}, BAD, "at most 65536 bytes"),
}


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(("change", "status", "said"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_form_is_answered_at_once(
    line: Line,
    client: httpx.AsyncClient,
    form: Format,
    change: dict[str, str],
    status: int,
    said: str,
) -> None:
    """The citizen's client is told what to mend, in its format; nothing reaches the bus."""
    answer = await client.post(f"/requests.{form}", data=GAS | change)
    assert (answer.status_code, answer.headers["content-type"]) == (status, form.media_type)
    assert said in problems(answer)[0].description
    assert line.taken.empty()


async def test_another_kind_of_form_is_told_which_one_is_taken(client: httpx.AsyncClient) -> None:
    """A multipart form, as a web page would post it with a picture."""
    answer = await client.post("/requests.json", data=GAS, files={"media": b"picture"})
    assert answer.status_code == BAD
    assert "application/x-www-form-urlencoded" in problems(answer)[0].description


class TestAKeyAndAJurisdiction:
    """Where the site asks for a key and serves one jurisdiction by name."""

    @pytest.fixture
    def options(self) -> dict[str, object]:
        """Ask for both."""
        return {"api_key": "made-up", "jurisdiction_id": "city.example"}

    @pytest.mark.usefixtures("accepting")
    async def test_a_key_is_needed_to_post(self, client: httpx.AsyncClient) -> None:
        """None and a wrong one are forbidden; the right one is taken from form or query."""
        without = await client.post("/requests.json", data=WASTE)
        wrong = await client.post("/requests.json", data=WASTE | {"api_key": "made up"})
        right = await client.post("/requests.json", data=WASTE | {"api_key": "made-up"})
        query = await client.post("/requests.json?api_key=made-up", data=WASTE)
        statuses = [answer.status_code for answer in (without, wrong, right, query)]
        assert statuses == [FORBIDDEN, FORBIDDEN, CREATED, OK]
        assert problems(without)[0].code == FORBIDDEN

    async def test_another_jurisdiction_is_not_found(self, client: httpx.AsyncClient) -> None:
        """Ours, an empty one and none are fine."""
        paths = ["", "?jurisdiction_id=", "?jurisdiction_id=city.example", "?jurisdiction_id=x"]
        answers = [await client.get(f"/services.xml{path}") for path in paths]
        assert [answer.status_code for answer in answers] == [OK, OK, OK, MISSING]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/requests/nobody.json", MISSING),
        ("/requests/..%2F..%2Fetc.xml", MISSING),
        ("/services.csv", MISSING),
        ("/services", MISSING),
        ("/requests.json?start_date=yesterday", BAD),
        ("/requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z", BAD),
        ("/requests.xml?status=pending", BAD),
    ],
)
async def test_what_cannot_be_answered_is_an_error_of_the_standard(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    """The HTTP status and the body agree."""
    answer = await client.get(path)
    assert (answer.status_code, problems(answer)[0].code) == (status, status)


@pytest.mark.usefixtures("accepting")
async def test_requests_are_found_by_date_status_service_and_id(client: httpx.AsyncClient) -> None:
    """Answers are equal in JSON and XML."""
    gas = (await client.post("/requests.json", data=GAS)).json()[0]["service_request_id"]
    waste = (await client.post("/requests.json", data=WASTE)).json()[0]["token"]
    now = datetime.now(UTC)
    expected = {
        "": {gas, waste},
        "status=open": {gas, waste},
        "status=closed": set[str](),
        "service_code=GASLEAK,UFO": {gas},
        f"service_request_id={waste},nobody&status=closed": {waste},
        f"end_date={now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}": set[str](),
        f"start_date={now - timedelta(days=80):%Y-%m-%d}": {gas, waste},
    }
    for asked, ids in expected.items():
        in_json = (await client.get(f"/requests.json?{asked}")).content
        in_xml = (await client.get(f"/requests.xml?{asked}")).content
        found = read.requests(in_json, UTC)
        assert found == read.requests(in_xml, UTC)
        assert {request.service_request_id for request in found.value} == ids
