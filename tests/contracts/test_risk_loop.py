"""The closed loop of a risk: clue, assessment, warning, tasking, joint handling, review.

Told once with real envelopes, each of them read back from the bytes that went over the wire.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from liandong.contracts import (
    SEVERITY_OF_COLOUR,
    Addressee,
    Agency,
    AlertArea,
    AlertCategory,
    AlertInfo,
    AlertIssued,
    AlertMessageType,
    AlertScope,
    AlertStatus,
    Certainty,
    ClueSource,
    Consequence,
    Envelope,
    Event,
    IncidentCategory,
    Likelihood,
    LinkedDocument,
    Location,
    Mode,
    OrderIssued,
    OrderReported,
    OrderState,
    ResponseGrade,
    ReviewFindings,
    ReviewPublished,
    RiskAssessed,
    RiskClueReported,
    RiskConclusion,
    RiskOpinion,
    RiskWarningProposed,
    Urgency,
    WarningColour,
    to_token,
)

ENVIRONMENT = Agency("lz", "environment", "linzhou-bureau")
BUREAU = Agency("lz", "emergency", "linzhou-bureau")
WATER = Agency("lz", "water", "linzhou-bureau")
MUNICIPAL = Agency("lz", "municipal", "12345-linzhou")
HELPERS = (WATER, MUNICIPAL)
RISK, ALERT = "lz-risk-7", "99010541600000_20261121150500_1"
NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clue() -> RiskClueReported:
    """Return the first clue: oxygen falls in the river."""
    return RiskClueReported(
        risk_id=RISK,
        source=ClueSource.SENSOR,
        category=IncidentCategory.ACCIDENT,
        hazard="river pollution",
        observed=NOON,
        location=Location(place="Outfall 2, Lin river"),
        summary="Oxygen falls below 2 mg/l at outfall 2",
        reported_by="water quality mast",
    )


def assessed(clues: tuple[str, ...]) -> RiskAssessed:
    """Return what two agencies make of it together: orange, to be warned of."""
    return RiskAssessed(
        risk_id=RISK,
        likelihood=Likelihood.LIKELY,
        consequence=Consequence.MAJOR,
        level=WarningColour.ORANGE,
        expected_grade=ResponseGrade.II,
        conclusion=RiskConclusion.WARN,
        assessed_by=str(BUREAU),
        opinions=(
            RiskOpinion(agency=str(WATER), role="hydrologist", level=WarningColour.YELLOW),
            RiskOpinion(agency=str(ENVIRONMENT), role="engineer", level=WarningColour.ORANGE),
        ),
        clue_ids=clues,
        summary="Polluted water reaches the intake in three hours",
    )


def closed() -> RiskAssessed:
    """Return the second assessment: nothing is left of it."""
    return RiskAssessed(
        risk_id=RISK,
        assessment_number=2,
        likelihood=Likelihood.RARE,
        consequence=Consequence.INSIGNIFICANT,
        conclusion=RiskConclusion.CLOSE,
        assessed_by=str(BUREAU),
        summary="The weir held, the water is clean",
    )


def proposed() -> RiskWarningProposed:
    """Return the warning that the assessors propose."""
    return RiskWarningProposed(
        risk_id=RISK,
        alert_key=to_token(ALERT),
        proposed_by=str(BUREAU),
        proposed_to=str(ENVIRONMENT),
        warning_colour=WarningColour.ORANGE,
        categories=(AlertCategory.ENV,),
        event_text="水污染",
        urgency=Urgency.EXPECTED,
        certainty=Certainty.LIKELY,
        expires=NOON + 24 * HOUR,
        areas=("cn.99.01.05",),
        headline="林河下游水污染橙色预警",
    )


def issued(proposal: RiskWarningProposed) -> AlertIssued:
    """Return the alert that an authority makes of a proposal."""
    return AlertIssued(
        alert_key=proposal.alert_key,
        identifier=ALERT,
        sender="warning@environment.linzhou.example",
        sent=NOON,
        status=AlertStatus.ACTUAL,
        msg_type=AlertMessageType.ALERT,
        scope=AlertScope.PUBLIC,
        info=(
            AlertInfo(
                language="zh-CN",
                categories=proposal.categories,
                event=proposal.event_text,
                urgency=proposal.urgency,
                severity=SEVERITY_OF_COLOUR[proposal.warning_colour],
                certainty=proposal.certainty,
                warning_colour=proposal.warning_colour,
                headline=proposal.headline,
                expires=proposal.expires,
                areas=(AlertArea(description="林河下游"),),
            ),
        ),
    )


def task(agency: Agency) -> OrderIssued:
    """Return the order that an agency is tasked with."""
    return OrderIssued(
        order_id=f"lz-o-{agency.kind}",
        addressee=Addressee(agency=str(agency)),
        action="protect_intake",
        issued_by="duty leader",
        accept_by=NOON + HOUR,
    )


def report(agency: Agency, state: OrderState) -> OrderReported:
    """Return what an agency reports of its order."""
    return OrderReported(order_id=f"lz-o-{agency.kind}", state=state, reported_by="duty officer")


def review() -> ReviewPublished:
    """Return the review of the whole."""
    return ReviewPublished(
        review_id="lz-rev-7",
        risk_id=RISK,
        title="Review of the Lin river warning",
        timeline_start=NOON,
        timeline_end=NOON + 6 * HOUR,
        event_count=10,
        findings=ReviewFindings(practice_count=1, problem_count=0),
        document=LinkedDocument(
            uri="https://reviews.linzhou.example/7.pdf",
            sha256="7" * 64,
            media_type="application/pdf",
        ),
    )


def over_the_wire(envelope: Envelope) -> Envelope:
    """Return an envelope as its reader has it."""
    return Envelope.decode(envelope.encode(), strict=True)


def told(mode: Mode) -> Iterator[Envelope]:
    """Yield the loop from the clue to the review, each answering what its reader was sent."""
    first = Envelope(source=ENVIRONMENT, area="cn.99.01.05", mode=mode, data=clue())
    yield (seen := over_the_wire(first))
    yield (judged := over_the_wire(seen.answer(assessed((seen.id,)), source=BUREAU)))
    yield (advice := over_the_wire(judged.answer(proposed(), source=BUREAU)))
    assert isinstance(advice.data, RiskWarningProposed)
    yield (warning := over_the_wire(advice.answer(issued(advice.data), source=ENVIRONMENT)))
    last = warning
    for agency in HELPERS:
        yield (order := over_the_wire(warning.answer(task(agency), source=BUREAU)))
        accepted = order.answer(report(agency, OrderState.ACCEPTED), source=agency)
        yield over_the_wire(accepted)
        yield (last := over_the_wire(order.answer(report(agency, OrderState.DONE), source=agency)))
    yield (over := over_the_wire(last.answer(closed(), source=BUREAU)))
    yield over_the_wire(over.answer(review(), source=BUREAU))


@pytest.fixture(scope="module")
def loop() -> list[Envelope]:
    """Return the whole loop in the order it was told."""
    return list(told(Mode.LIVE))


def only(loop: list[Envelope], *kinds: type[Event]) -> list[Envelope]:
    """Return the envelopes of some contracts."""
    return [envelope for envelope in loop if isinstance(envelope.data, kinds)]


def test_the_loop_passes_every_stage(loop: list[Envelope]) -> None:
    """From clue to review, two agencies at work in between."""
    assert [envelope.type.removesuffix(".v1") for envelope in loop] == [
        "risk.clue_reported",
        "risk.assessed",
        "risk.warning_proposed",
        "alert.issued",
        *("order.issued", "order.reported", "order.reported") * len(HELPERS),
        "risk.assessed",
        "review.published",
    ]


def test_everything_carries_one_correlation(loop: list[Envelope]) -> None:
    """Whoever asks for the clue's id gets all that came of it."""
    assert {envelope.correlation or envelope.id for envelope in loop} == {loop[0].id}


def test_the_review_leads_back_to_the_clue(loop: list[Envelope]) -> None:
    """Each event names the one that caused it, without a gap."""
    by_id = {envelope.id: envelope for envelope in loop}
    chain = [loop[-1]]
    while chain[-1].causation:
        chain.append(by_id[chain[-1].causation])
    assert chain[-1] == loop[0]
    assert {envelope.type for envelope in chain} == {envelope.type for envelope in loop}


def test_what_is_said_of_a_risk_stays_in_order(loop: list[Envelope]) -> None:
    """Clue, assessments and proposal share their key, and the review names it."""
    kinds = (RiskClueReported, RiskAssessed, RiskWarningProposed)
    assert {envelope.key for envelope in only(loop, *kinds)} == {RISK}
    assert [e.data.risk_id for e in loop if isinstance(e.data, ReviewPublished)] == [RISK]


def test_the_alert_is_the_one_that_was_proposed(loop: list[Envelope]) -> None:
    """The proposal names the alert's key beforehand, and its colour comes through unchanged."""
    (proposal,), (alert,) = only(loop, RiskWarningProposed), only(loop, AlertIssued)
    assert isinstance(proposal.data, RiskWarningProposed)
    assert isinstance(alert.data, AlertIssued)
    assert alert.key == proposal.data.alert_key
    assert [info.warning_colour for info in alert.data.info] == [proposal.data.warning_colour]


def test_a_loop_in_a_drill_never_leaves_it() -> None:
    """One that begins in an exercise ends in it."""
    assert {envelope.mode for envelope in told(Mode.EXERCISE)} == {Mode.EXERCISE}
