"""The catalogue: which contracts there are, in which lane, kept in order by what."""

import ast
import sys
from pathlib import Path

import pytest

import liandong.contracts
from liandong.contracts import Envelope, Event, Lane, Role, UnknownContract, contract
from liandong.contracts.examples import example, examples

CATALOGUE = {
    "incident.reported.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.updated.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.classified.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.participant_joined.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.participant_left.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.ownership_offered.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.ownership_accepted.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.ownership_refused.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.linked.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.merged.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.split.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.cleared.v1": (Lane.EVENTS, ("incident_id",)),
    "incident.reopened.v1": (Lane.EVENTS, ("incident_id",)),
    "unit.status.v1": (Lane.EVENTS, ("incident_id", "unit_id")),
    "unit.position.v1": (Lane.TELEMETRY, ("unit_id",)),
    "facility.status.v1": (Lane.EVENTS, ("facility_id",)),
    "facility.status.v2": (Lane.EVENTS, ("facility_id",)),
    "shelter.status.v1": (Lane.EVENTS, ("shelter_id",)),
    "supply.status.v1": (Lane.EVENTS, ("stock_id",)),
    "road.status.v1": (Lane.EVENTS, ("segment_id",)),
    "availability.asked.v1": (Lane.EVENTS, ("incident_id", "question_id")),
    "availability.answered.v1": (Lane.EVENTS, ("incident_id", "question_id")),
    "alert.issued.v1": (Lane.EVENTS, ("incident_id", "alert_key")),
    "alert.updated.v1": (Lane.EVENTS, ("incident_id", "alert_key")),
    "alert.cancelled.v1": (Lane.EVENTS, ("incident_id", "alert_key")),
    "alert.acknowledged.v1": (Lane.EVENTS, ("incident_id", "alert_key")),
    "observation.recorded.v1": (Lane.TELEMETRY, ("datastream_id",)),
    "order.issued.v1": (Lane.ORDERS, ("incident_id", "order_id")),
    "order.reported.v1": (Lane.ORDERS, ("incident_id", "order_id")),
    "order.cancelled.v1": (Lane.ORDERS, ("incident_id", "order_id")),
    "order.escalated.v1": (Lane.ORDERS, ("incident_id", "order_id")),
    "order.expired.v1": (Lane.ORDERS, ("incident_id", "order_id")),
    "aid.requested.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.offered.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.answered.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.requisitioned.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.committed.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.deployment_asked.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.deployment_reported.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.extension_asked.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.extension_answered.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.return_asked.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.return_answered.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.recalled.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.released.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.quote_asked.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.quote_answered.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.information_asked.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "aid.information_answered.v1": (Lane.ORDERS, ("incident_id", "request_id")),
    "referral.offered.v1": (Lane.ORDERS, ("incident_id", "referral_id")),
    "referral.accepted.v1": (Lane.ORDERS, ("incident_id", "referral_id")),
    "referral.returned.v1": (Lane.ORDERS, ("incident_id", "referral_id")),
    "referral.disputed.v1": (Lane.ORDERS, ("incident_id", "referral_id")),
    "referral.progressed.v1": (Lane.ORDERS, ("incident_id", "referral_id")),
    "referral.closed.v1": (Lane.ORDERS, ("incident_id", "referral_id")),
    "command.post_established.v1": (Lane.ORDERS, ("incident_id", "post_id")),
    "command.post_moved.v1": (Lane.ORDERS, ("incident_id", "post_id")),
    "command.post_closed.v1": (Lane.ORDERS, ("incident_id", "post_id")),
    "command.commander_assigned.v1": (Lane.ORDERS, ("incident_id", "post_id")),
    "command.commander_handed_over.v1": (Lane.ORDERS, ("incident_id", "post_id")),
    "command.level_activated.v1": (Lane.ORDERS, ("incident_id", "response_id")),
    "command.level_changed.v1": (Lane.ORDERS, ("incident_id", "response_id")),
    "command.level_ended.v1": (Lane.ORDERS, ("incident_id", "response_id")),
    "command.posture_changed.v1": (Lane.ORDERS, ("region",)),
    "plan.activated.v1": (Lane.ORDERS, ("incident_id", "activation_id")),
    "plan.step_started.v1": (Lane.ORDERS, ("incident_id", "activation_id")),
    "plan.step_done.v1": (Lane.ORDERS, ("incident_id", "activation_id")),
    "report.due.v1": (Lane.EVENTS, ("incident_id", "report_id")),
    "report.filed.v1": (Lane.EVENTS, ("incident_id", "report_id")),
    "report.overdue.v1": (Lane.EVENTS, ("incident_id", "report_id")),
    "clock.started.v1": (Lane.EVENTS, ("incident_id", "clock_id")),
    "clock.breached.v1": (Lane.EVENTS, ("incident_id", "clock_id")),
    "clock.stopped.v1": (Lane.EVENTS, ("incident_id", "clock_id")),
    "exercise.started.v1": (Lane.EVENTS, ("exercise_id",)),
    "exercise.clock_set.v1": (Lane.EVENTS, ("exercise_id",)),
    "exercise.injected.v1": (Lane.EVENTS, ("exercise_id",)),
    "exercise.ended.v1": (Lane.EVENTS, ("exercise_id",)),
    "review.published.v1": (Lane.EVENTS, ("incident_id", "review_id")),
    "risk.clue_reported.v1": (Lane.EVENTS, ("risk_id",)),
    "risk.assessed.v1": (Lane.EVENTS, ("risk_id",)),
    "risk.warning_proposed.v1": (Lane.EVENTS, ("risk_id",)),
    "agency.online.v1": (Lane.EVENTS, ("agency_key",)),
    "agency.offline.v1": (Lane.EVENTS, ("agency_key",)),
    "link.up.v1": (Lane.EVENTS, ("link_id",)),
    "link.down.v1": (Lane.EVENTS, ("link_id",)),
    "agreement.changed.v1": (Lane.EVENTS, ("agreement_id",)),
    "message.rejected.v1": (Lane.EVENTS, ("rejected_id",)),
    "adapter.heartbeat.v1": (Lane.TELEMETRY, ("adapter",)),
    "telemetry.gap.v1": (Lane.EVENTS, ("publisher",)),
    "alarm.raised.v1": (Lane.EVENTS, ("alarm_id",)),
    "alarm.cleared.v1": (Lane.EVENTS, ("alarm_id",)),
}
PACKAGE = Path(liandong.contracts.__file__).parent


def test_the_catalogue_is_what_it_is() -> None:
    """Lanes and keys are promises: nobody changes one by the way."""
    found = {
        name: (event.lane, event.key_fields)
        for name, event in Event.known.items()
        if event.__module__.startswith("liandong.contracts.")
    }
    assert found == CATALOGUE


def test_every_contract_has_an_example() -> None:
    """The examples are the catalogue, no more and no less."""
    assert {name: document["type"] for name, document in examples().items()} == {
        name: name for name in CATALOGUE
    }


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_the_last_key_field_is_always_there(name: str) -> None:
    """An event without an incident still has a key."""
    document = example(name)
    document.pop("subject")
    last = CATALOGUE[name][1][-1]
    document["data"].pop("incident_id", None)
    data = document["data"] | {last: "the-key"}
    assert Envelope.from_document(document | {"data": data}).key == "the-key"


def test_a_contract_is_found_by_its_type() -> None:
    """The CloudEvents type names the class."""
    assert contract("incident.reported.v1") is liandong.contracts.IncidentReported
    with pytest.raises(UnknownContract):
        contract("incident.reported.v2")


def test_a_contract_cannot_be_defined_twice() -> None:
    """Two classes of one name and version are a mistake of the programmer."""
    with pytest.raises(TypeError, match=r"unit\.status\.v1 is already"):
        type(Event)(
            "Twice", (Event,), {"__module__": __name__},
            event="unit.status", version=1, lane=Lane.EVENTS,
            owner=Role.UNIT_OWNER, key=("unit_id",),
        )  # fmt: skip


def test_everything_public_is_exported_and_sorted() -> None:
    """``from liandong.contracts import …`` finds every public class."""
    exported = liandong.contracts.__all__
    modules = [ast.parse(path.read_text()) for path in PACKAGE.glob("*.py")]
    classes = {
        node.name
        for module in modules
        for node in module.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }
    assert classes <= set(exported)
    assert len(set(exported)) == len(exported)
    assert all(hasattr(liandong.contracts, name) for name in exported)
    order = [(not name.isupper(), name[0].islower(), name) for name in exported]
    assert order == sorted(order)


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_contracts_import_pydantic_and_the_standard_library_only(path: Path) -> None:
    """An integrator can take the contracts without the bus."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in plain | froms} - sys.stdlib_module_names
    assert foreign <= {"pydantic", "pydantic_core", "liandong"}
    assert all(name.startswith("liandong.contracts") for name in froms if "liandong" in name)
