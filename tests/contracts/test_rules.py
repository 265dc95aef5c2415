"""Rules across fields: each breach is refused, and its message shows the values that disagree."""

from typing import Any

import pytest
from changed import changed

from liandong.contracts import ContractError, Envelope, Reason
from liandong.contracts.examples import example

BREACHES = [
    ("incident.reported.v1", {"disciplines": ["fire"] * 21}, "at most 20 items"),
    ("incident.reported.v1", {"alarm_level": 100}, "less than or equal to 99"),
    ("incident.reported.v1", {"priority": 2**31}, "less than 2147483648"),
    ("incident.cleared.v1", {"status": "Active"}, "its status is Active"),
    ("incident.cleared.v1", {"disposition": "7"}, "pattern"),
    ("incident.reported.v1", {"incident_type": "FSTRUC"}, "one of the 245 codes"),
    ("incident.classified.v1", {"basis": None, "basis_code": None}, "without basis"),
    ("incident.classified.v1", {"grade": "III"}, "accident of grade III, as it was"),
    ("incident.classified.v1", {"grade": "V"}, "'I'"),
    ("incident.participant_joined.v1", {"roles": []}, "at least 1 item"),
    (
        "incident.participant_joined.v1",
        {"acting_for": "lz/environment/linzhou-bureau"},
        "lz/environment/linzhou-bureau acts for itself",
    ),
    ("incident.participant_left.v1", {"left": "2026-11-21T06:13:59Z"}, "left 2026-11-21 06:13:59"),
    ("incident.participant_left.v1", {"reason": None, "reason_code": None}, "without reason"),
    (
        "incident.participant_left.v1",
        {"replaced_by": "lz/environment/linzhou-bureau"},
        "replaced by itself",
    ),
    ("incident.ownership_offered.v1", {"answer_by": None}, "RFC 3339"),
    (
        "incident.ownership_offered.v1",
        {"offered_to": "lz/fire/119-linzhou"},
        "offered by lz/fire/119-linzhou to lz/fire/119-linzhou",
    ),
    ("incident.ownership_refused.v1", {"reason": None, "reason_code": None}, "without reason"),
    (
        "incident.ownership_refused.v1",
        {"suggested_agency": "lz/water/linzhou-bureau"},
        "suggests itself (lz/water/linzhou-bureau)",
    ),
    ("incident.linked.v1", {"other_incident_id": "lz-2026-000417"}, "are one incident"),
    ("incident.linked.v1", {"direction": "TWIN"}, "'PARENT'"),
    ("incident.merged.v1", {"other_incident_id": "lz-2026-000418"}, "are one incident"),
    ("incident.merged.v1", {"direction": "SPLIT"}, "'REPLACING' or 'REPLACED'"),
    ("incident.split.v1", {"other_incident_id": "lz-2026-000417"}, "are one incident"),
    ("incident.reopened.v1", {"reopened": "2026-11-21T15:19:59Z"}, "is before cleared"),
    ("incident.reopened.v1", {"status": "Closed"}, "its status is Closed"),
    ("incident.reopened.v1", {"reason": None, "reason_code": None}, "without reason"),
    ("unit.status.v1", {"home_agency": "a/b/c", "lent_to": "a/b/c"}, "lent to a/b/c"),
    ("unit.status.v1", {"secondary_status": "Sleeping"}, "'Arrived'"),
    ("unit.status.v1", {"home_agency": "a/b"}, "pattern"),
    ("unit.status.v1", {"resource_type": "Hazmat"}, "one of the 102 codes"),
    ("unit.status.v1", {"qualified_by": ["OnScene"]}, "OnScene is qualified by OnScene"),
    ("unit.status.v1", {"secondary_status": None}, "None is qualified by Staging"),
    ("unit.status.v1", {"stacked_incident_ids": ["lz-2026-000417"]}, "works on lz-2026-000417"),
    ("unit.position.v1", {"altitude_accuracy_m": -1}, "greater than or equal to 0"),
    ("unit.position.v1", {"how": "m g"}, "pattern"),
    ("unit.position.v1", {"course_deg": 360}, "less than 360"),
    ("unit.position.v1", {"speed_kmh": -1}, "greater than or equal to 0"),
    ("facility.status.v1", {"beds__2__local_type": None}, "beds of no kind"),
    ("facility.status.v1", {"beds__0__available_count": -1}, "greater than or equal to 0"),
    ("facility.status.v1", {"beds__0__available_count": 2.5}, "valid integer"),
    ("facility.status.v2", {"beds__2__codes": []}, "beds of no kind"),
    ("facility.status.v2", {"period_end": "2026-11-20T15:59:59Z"}, "is before period_start"),
    ("facility.status.v2", {"subject": {}}, "a reference to nobody"),
    ("facility.status.v2", {"measures__0__topic": {}}, "a concept of no meaning"),
    ("facility.status.v2", {"measures__0__counts__0__absent_reason": "masked"}, "count is 40"),
    ("facility.status.v2", {"measures__0__score__value": 1e13}, "less than or equal to"),
    ("alert.issued.v1", {"msg_type": "Update"}, "msg_type is Update, not Alert"),
    ("alert.updated.v1", {"msg_type": "Cancel"}, "msg_type is Cancel, not Update"),
    ("alert.updated.v1", {"references": []}, "msg_type is Update but references"),
    ("alert.cancelled.v1", {"msg_type": "Alert"}, "msg_type is Alert, not Cancel"),
    ("alert.cancelled.v1", {"references": []}, "msg_type is Cancel but references"),
    ("alert.acknowledged.v1", {"msg_type": "Alert"}, "msg_type is Alert, not Ack or Error"),
    ("alert.acknowledged.v1", {"references": []}, "msg_type is Ack but references"),
    ("alert.acknowledged.v1", {"addresses": []}, "scope is Private but addresses"),
    ("alert.issued.v1", {"scope": "Restricted"}, "scope is Restricted"),
    ("alert.issued.v1", {"scope": "Private"}, "scope is Private"),
    ("alert.issued.v1", {"info__0__categories": []}, "at least 1 item"),
    ("alert.issued.v1", {"info__0__areas__0__ceiling_ft": 9}, "ceiling 9.0 over altitude None"),
    ("observation.recorded.v1", {"valid_from": "2026-11-21T06:30:00Z"}, "is not after valid_from"),
    (
        "observation.recorded.v1",
        {"parameters__1__name": "height above ground"},
        "named twice: height above ground",
    ),
    ("observation.recorded.v1", {"phenomenon_end": "2026-11-21T06:21:59Z"}, "is before"),
    ("observation.recorded.v1", {"result": None}, "valid"),
    ("order.issued.v1", {"accept_by": "2026-11-21T06:24:59Z"}, "accept_by 2026-11-21 06:24:59"),
    ("order.issued.v1", {"accept_by": None, "complete_by": "2026-11-21T06:00:00Z"}, "receipt_by"),
    ("order.issued.v1", {"supersedes": "lz-o-0417-06"}, "supersedes itself"),
    ("order.issued.v1", {"released_by": None}, "released by None, not by any of: duty director"),
    ("order.issued.v1", {"released_by": "porter"}, "released by porter, not by any of: duty"),
    (
        "order.issued.v1",
        {"issued_by": "duty director"},
        "issued by duty director and released by duty director",
    ),
    (
        "order.issued.v1",
        {
            "next_in_line__1__agency": "lz/police/122-linzhou",
            "next_in_line__1__role": "traffic duty officer",
        },
        "lz/police/122-linzhou stands at 1 and again at 2",
    ),
    ("order.reported.v1", {"reason": None, "reason_code": None}, "state is refused"),
    ("order.reported.v1", {"state": "failed", "reason": "", "reason_code": None}, "is failed"),
    ("order.reported.v1", {"state": "in_progress"}, "until is None"),
    ("order.reported.v1", {"until": "2026-11-21T07:00:00Z"}, "state is refused and until is"),
    ("order.reported.v1", {"state": "overdue"}, "missed is None"),
    ("order.reported.v1", {"missed": "receipt"}, "state is refused and missed is receipt"),
    ("order.cancelled.v1", {"addressees": []}, "at least 1 item"),
    ("order.cancelled.v1", {"reason": None, "reason_code": None}, "without reason"),
    ("order.escalated.v1", {"step_number": 0}, "greater than or equal to 1"),
    ("order.escalated.v1", {"missed": "acceptance"}, "missed is acceptance and due is None"),
    ("order.escalated.v1", {"state": "seen"}, "missed is None and state is seen"),
    ("order.escalated.v1", {"accept_by": "2026-11-21T06:28:00Z"}, "is before receipt_by"),
    (
        "order.escalated.v1",
        {"addressee": {"agency": "lz/municipal/12345-linzhou", "role": "road duty officer"}},
        "lz/municipal/12345-linzhou stands at 0 and again at 1",
    ),
    ("order.expired.v1", {"missed": None}, "'receipt'"),
    ("order.expired.v1", {"asked": []}, "at least 1 item"),
    ("referral.offered.v1", {"to_service": "municipal"}, "municipal to municipal"),
    ("referral.returned.v1", {"reason": "", "reason_code": None}, "without reason"),
    ("referral.returned.v1", {"returned_to": "lz/environment/linzhou-bureau"}, "the same"),
    ("referral.disputed.v1", {"reason": ""}, "at least 1 character"),
    ("referral.disputed.v1", {"arbiter": "lz/municipal/12345-linzhou"}, "is to decide"),
    ("referral.closed.v1", {"outcome": "unresolved", "status_notes": None}, "status_notes is None"),
    ("referral.closed.v1", {"duplicate_of": "lz-ref-1"}, "outcome is resolved and duplicate_of is"),
    (
        "referral.closed.v1",
        {"outcome": "duplicate", "duplicate_of": "lz-ref-88121"},
        "a duplicate of itself",
    ),
    ("shelter.status.v1", {"available_count": 417}, "available_count 417 with capacity_count 600"),
    ("shelter.status.v1", {"occupied_count": 700}, "available_count 400 with capacity_count 600"),
    ("shelter.status.v1", {"status": "full"}, "status is full, available_count is 400"),
    ("shelter.status.v1", {"status": "closed"}, "status is closed, available_count is 400"),
    ("shelter.status.v1", {"occupied_count": -1}, "greater than or equal to 0"),
    ("supply.status.v1", {"available_quantity": 8}, "reserve_quantity 10 with stock_quantity 24"),
    ("supply.status.v1", {"allocated_quantity": 25}, "allocated_quantity 25 and"),
    ("supply.status.v1", {"stock_quantity": 9}, "with stock_quantity 9"),
    ("supply.status.v1", {"quantity_unit": None}, "valid string"),
    ("road.status.v1", {"line": None, "from_place": None}, "from None to river bridge"),
    ("road.status.v1", {"line__coordinates": [[118.4, 31.9]]}, "at least 2 items"),
    ("road.status.v1", {"status": "one_way"}, "status is one_way and direction is both"),
    ("road.status.v1", {"operational_lanes_count": 1}, "operational_lanes_count is 1"),
    (
        "road.status.v1",
        {"status": "restricted", "operational_lanes_count": 5},
        "operational_lanes_count 5, original_lanes_count 4",
    ),
    ("road.status.v1", {"end": "2026-11-21T06:39:59Z"}, "is before start"),
    ("availability.asked.v1", {"wanted__kind": "units"}, "kind is units, and bed_type is Burn"),
    ("availability.asked.v1", {"wanted__item_name": "cot"}, "kind is beds, and item_name is cot"),
    ("availability.asked.v1", {"near": None}, "within_m is 40000.0 and near is None"),
    ("availability.answered.v1", {"holdings__0__distance_m": 2e4}, "after 20000.0: the nearest"),
    ("availability.answered.v1", {"holdings__0__last_update": None}, "time"),
    ("message.rejected.v1", {"reason_name": "NOT_JSON"}, "reason 301 is BAD_PAYLOAD, not NOT_JSON"),
    ("adapter.heartbeat.v1", {"problem": ""}, "state is degraded and problem is ''"),
    ("adapter.heartbeat.v1", {"state": "ok"}, "state is ok and problem is '3 of"),
    ("adapter.heartbeat.v1", {"counters": {"a b": 1}}, "pattern"),
    ("alarm.raised.v1", {"name": "lunch"}, "'connection_lost'"),
    ("alarm.raised.v1", {"valid_until": "2026-11-21T06:31:02Z"}, "is not after since"),
    ("alarm.cleared.v1", {"until": "2026-11-21T06:31:01Z"}, "is before since"),
    ("telemetry.gap.v1", {"dropped_count": 102}, "dropped_count is 102, and its parts are 103"),
    ("telemetry.gap.v1", {"parts__1__about": "119-E7"}, "named twice: unit.position of 119-E7"),
    ("telemetry.gap.v1", {"until": "2026-11-21T06:40:04Z"}, "is before since"),
    ("adapter.heartbeat.v1", {"counters": {f"n{n}": n for n in range(65)}}, "at most 64 items"),
]


@pytest.mark.parametrize(("type_name", "changes", "message"), BREACHES)
def test_a_breach_is_refused_and_said(
    type_name: str, changes: dict[str, Any], message: str
) -> None:
    """The example with one thing wrong is refused, and the fault says what."""
    with pytest.raises(ContractError) as error:
        Envelope.from_document(changed(type_name, **changes), strict=True)
    assert error.value.reason is Reason.BAD_PAYLOAD
    assert message in str(error.value)


KEPT = [
    ("shelter.status.v1", {"status": "standby", "occupied_count": 0}),
    ("shelter.status.v1", {"occupied_count": 700, "available_count": 0, "status": "full"}),
    ("supply.status.v1", {"stock_quantity": 8, "available_quantity": 0}),
    (
        "supply.status.v1",
        {
            "stock_quantity": 0.3,
            "reserve_quantity": 0.1,
            "allocated_quantity": 0.1,
            "available_quantity": 0.1,
        },
    ),
    ("road.status.v1", {"status": "one_way", "direction": "along", "operational_lanes_count": 2}),
    ("road.status.v1", {"line": None, "end": None}),
    ("availability.asked.v1", {"within_m": None, "wanted_quantity": None}),
    ("availability.answered.v1", {"holdings__0__distance_m": None}),
    ("referral.closed.v1", {"outcome": "duplicate", "duplicate_of": "lz-ref-88114"}),
    ("referral.closed.v1", {"outcome": "of a later version", "duplicate_of": "lz-ref-88114"}),
    ("shelter.status.v1", {"status": "of a later version"}),
    ("road.status.v1", {"status": "of a later version", "cause": "of a later version"}),
    ("availability.asked.v1", {"wanted__kind": "of a later version"}),
    ("order.reported.v1", {"state": "overdue", "missed": "receipt", "reason": None}),
    ("order.reported.v1", {"state": "received", "reason": None, "reason_code": None}),
    ("order.reported.v1", {"state": "in_progress", "until": "2026-11-21T07:00:00Z"}),
    ("order.reported.v1", {"state": "of_a_later_version", "until": "2026-11-21T07:00:00Z"}),
    ("order.issued.v1", {"release_roles": [], "released_by": None}),
    ("order.escalated.v1", {"state": None, "missed": "receipt", "due": "2026-11-21T06:25:00Z"}),
    ("order.escalated.v1", {"state": "of_a_later_version"}),
    ("incident.cleared.v1", {"status": "OfALaterVersion"}),
    ("incident.classified.v1", {"previous_category": None, "previous_grade": None}),
    ("incident.classified.v1", {"grade": "III", "category": "public_health"}),
    ("incident.linked.v1", {"direction": "UNLINK", "reason": None}),
    ("unit.position.v1", {"how": "h-g-i-g-o"}),
    ("alert.issued.v1", {"references": [], "info": []}),
    ("alert.acknowledged.v1", {"msg_type": "Error"}),
    ("message.rejected.v1", {"reason_number": 999, "reason_name": "OF_A_LATER_VERSION"}),
    ("incident.reported.v1", {"location": {}, "category": None, "grade": None}),
    ("observation.recorded.v1", {"unit_of_measurement": None, "result": "open"}),
]


@pytest.mark.parametrize(("type_name", "changes"), KEPT)
def test_what_only_looks_like_a_breach_is_read(type_name: str, changes: dict[str, Any]) -> None:
    """The rules refuse no more than they say."""
    assert Envelope.from_document(changed(type_name, **changes)).type == type_name


def test_an_update_that_changes_nothing_is_refused() -> None:
    """An update must say something, and an absent field says nothing."""
    document = example("incident.updated.v1") | {"data": {"incident_id": "lz-1", "grade": None}}
    document.pop("subject")
    with pytest.raises(ContractError, match="an update of lz-1 that changes nothing"):
        Envelope.from_document(document)


@pytest.mark.parametrize(
    "result", [0, -7, 2**53 - 1, 0.1, 1e300, 12.0, True, False, "", "open", "7", "true"]
)
def test_a_result_keeps_its_kind(result: Any) -> None:
    """A count stays a count, a truth a truth, and a category that looks like a number stays one."""
    envelope = Envelope.from_document(changed("observation.recorded.v1", result=result))
    again = Envelope.decode(envelope.encode())
    found = again.data.model_dump()["result"]
    assert found == result
    assert type(found) is type(result)
