"""The sharing agreement: each limit lets through what it names and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from liandong.adapters.region.agreement import Agreement, Share, filter_of
from liandong.contracts import (
    Agency,
    AidLine,
    AidRequested,
    AidResource,
    AvailabilityAsked,
    Envelope,
    Event,
    IncidentCategory,
    IncidentReported,
    Location,
    RegisterKind,
    RegisterResource,
    ResponseGrade,
)
from liandong.contracts.examples import example

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALL: dict[str, Any] = {"contracts": ("*.*",)}


def share(**limits: Any) -> Share:
    """Return what js tells zj, within limits."""
    told = {"from_region": "js", "to_region": "zj", "contracts": ("incident.*", "aid.requested")}
    return Share(**told | limits)


def incident(**facts: Any) -> IncidentReported:
    """Return an incident."""
    told = {"incident_id": "js-1", "summary": "Fire", "location": Location()}
    return IncidentReported(**told | facts)


def aid(**facts: Any) -> AidRequested:
    """Return a request for aid."""
    line = AidLine(line_id="1", resource=AidResource(name="hazmat unit"))
    told = {"request_id": "r-1", "borrower": "js/fire/119", "lines": (line,)}
    return AidRequested(**told | facts)


def said(event: Event, *, region: str = "js", area: str = "cn.32.05") -> Envelope:
    """Return an event as an agency of a region says it at noon."""
    return Envelope(source=Agency(region, "fire", "119"), area=area, time=NOON, data=event)


def asked(**facts: Any) -> AvailabilityAsked:
    """Return a question about beds."""
    wanted = RegisterResource(kind=RegisterKind.BEDS)
    told = {"question_id": "q-1", "wanted": wanted, "asked_by": "js/centre/desk"}
    return AvailabilityAsked(**told | facts)


def golden(name: str) -> Event:
    """Return the made-up event of a contract."""
    return Envelope.from_document(example(name)).data


ALLOWED: dict[str, tuple[dict[str, Any], Envelope]] = {
    "own, no limit": ({}, said(incident())),
    "inside the area": ({"areas": ("cn.32",)}, said(incident())),
    "the area itself": ({"areas": ("cn.32.05",)}, said(incident())),
    "inside the window": ({"since": NOON, "until": NOON + timedelta(seconds=1)}, said(incident())),
    "the category": (
        {"categories": ("accident",)},
        said(incident(category=IncidentCategory.ACCIDENT)),
    ),
    "no category named": ({"categories": ("accident",)}, said(incident())),
    "the alert's category": (
        ALL | {"alert_categories": ("Fire",)},
        said(golden("alert.issued.v1")),
    ),
    "alerts, where incidents are limited": (
        ALL | {"categories": ("social_security",), "restricted": True},
        said(golden("alert.issued.v1")),
    ),
    "the level of a response": (
        ALL | {"grades": ("III",)},
        said(golden("command.level_activated.v1")),
    ),
    "a response raised to it": (
        ALL | {"grades": ("II",)},
        said(golden("command.level_changed.v1")),
    ),
    "a response that leaves it": (
        ALL | {"grades": ("III",)},
        said(golden("command.level_changed.v1")),
    ),
    "the end of a response of it": (
        ALL | {"grades": ("II",)},
        said(golden("command.level_ended.v1")),
    ),
    "a plan of the grade": (ALL | {"grades": ("III",)}, said(golden("plan.activated.v1"))),
    "the grade": ({"grades": ("I", "II")}, said(incident(grade=ResponseGrade.II))),
    "a third region's, in transit": ({"transit": True}, said(incident(), region="sh")),
    "aid asked of all": ({}, said(aid())),
    "aid asked of the region": ({}, said(aid(asked_regions=("zj", "sh")))),
    "aid asked of its agency": ({}, said(aid(asked_agencies=("zj/fire/119",)))),
    "restricted, and cleared": ({"restricted": True}, said(incident(description="A name"))),
}

REFUSED: dict[str, tuple[dict[str, Any], Envelope]] = {
    "another contract": ({"contracts": ("aid.*",)}, said(incident())),
    "outside the area": ({"areas": ("cn.33", "cn.32.050")}, said(incident())),
    "before the window": ({"since": NOON + timedelta(seconds=1)}, said(incident())),
    "at the end of the window": ({"until": NOON}, said(incident())),
    "another category": (
        {"categories": ("accident",)},
        said(incident(category=IncidentCategory.NATURAL_DISASTER)),
    ),
    "another grade": ({"grades": ("I", "II")}, said(incident(grade=ResponseGrade.IV))),
    "another category of alert": (
        ALL | {"alert_categories": ("Met",)},
        said(golden("alert.issued.v1")),
    ),
    "another category of proposed warning": (
        ALL | {"alert_categories": ("Met",)},
        said(golden("risk.warning_proposed.v1")),
    ),
    "another level of response": (
        ALL | {"grades": ("I", "II")},
        said(golden("command.level_activated.v1")),
    ),
    "a response changed between other levels": (
        ALL | {"grades": ("I", "IV")},
        said(golden("command.level_changed.v1")),
    ),
    "the end of a response of another level": (
        ALL | {"grades": ("I",)},
        said(golden("command.level_ended.v1")),
    ),
    "a plan of another grade": (ALL | {"grades": ("I",)}, said(golden("plan.activated.v1"))),
    "a plan of another category": (
        ALL | {"categories": ("public_health",)},
        said(golden("plan.activated.v1")),
    ),
    "a question asked of another region": (
        ALL,
        said(asked(asked_regions=("sh",))),
    ),
    "a third region's": ({}, said(incident(), region="sh")),
    "its own": ({}, said(incident(), region="zj")),
    "its own, in transit": ({"transit": True}, said(incident(), region="zj")),
    "aid asked of another region": ({}, said(aid(asked_regions=("sh",)))),
    "restricted": ({}, said(incident(description="A name"))),
}


@pytest.mark.parametrize(("limits", "envelope"), ALLOWED.values(), ids=ALLOWED.keys())
def test_what_the_agreement_names_may_cross(limits: dict[str, Any], envelope: Envelope) -> None:
    """A limit that is left out does not limit."""
    assert share(**limits).allows(envelope)


@pytest.mark.parametrize(("limits", "envelope"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_agreement_does_not_name_stays(limits: dict[str, Any], envelope: Envelope) -> None:
    """Above all a region never gets back its own."""
    assert not share(**limits).allows(envelope)


def test_a_contract_that_does_not_exist_is_a_mistake_of_the_agreement() -> None:
    """A name misspelt would share nothing, and nobody would know."""
    with pytest.raises(ValidationError, match=r"no contract is called incidents\.reported"):
        share(contracts=("incidents.reported",))


def test_each_way_is_agreed_for_itself() -> None:
    """What js tells zj says nothing of what zj tells js."""
    agreement = Agreement(share=(share(),))
    assert agreement.between("js", "zj") == (share(),)
    assert agreement.between("zj", "js") == ()


def test_the_filter_is_no_wider_than_the_shares_together() -> None:
    """The broker itself then holds back what is not shared."""
    together = filter_of((share(areas=("cn.32",)), share(contracts=("aid.*",), areas=("cn.33",))))
    assert together.areas == ("cn.32", "cn.33")
    assert together.region == "js"
    assert {contract.event for contract in together.contracts} == {
        contract.event
        for contract in Event.known.values()
        if contract.event.startswith(("incident.", "aid."))
    }
