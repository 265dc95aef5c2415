"""Rules of command, plans, reports, clocks, drills, reviews, risks, agencies and links."""

from typing import Any

import pytest
from changed import changed

from liandong.contracts import ContractError, Envelope, Reason
from liandong.contracts.examples import example

POST = "lz-cp-0417-scene"
FIRE, ENVIRONMENT = "lz/fire/119-linzhou", "lz/environment/linzhou-bureau"
BREACHES = [
    ("command.post_established.v1", {"superior_post_id": POST}, f"superior {POST}"),
    ("command.post_established.v1", {"supersedes": POST}, f"supersedes {POST}"),
    ("command.post_established.v1", {"kind": "rear"}, "'on_scene'"),
    ("command.post_established.v1", {"member_agencies": [FIRE]}, f"named twice: {FIRE}"),
    (
        "command.post_moved.v1",
        {"location": {"place": "Gate"}, "previous_location": {"place": "Gate"}},
        "moved from Gate to Gate",
    ),
    ("command.post_closed.v1", {"successor_post_id": POST}, f"followed by itself, {POST}"),
    ("command.commander_assigned.v1", {"commander__tier": "nation"}, "'province'"),
    (
        "command.commander_handed_over.v1",
        {"to_commander__role": "Hexing station commander"},
        "reason_code is response_raised, but lz/fire/119-linzhou Hexing station commander",
    ),
    ("command.level_activated.v1", {"areas": []}, "at least 1 item"),
    ("command.level_changed.v1", {"to_level": "III"}, "from level III to level III"),
    ("command.level_ended.v1", {"level": "V"}, "'IV'"),
    ("command.posture_changed.v1", {"to_posture": "normal"}, "from normal to normal"),
    ("command.posture_changed.v1", {"until": "2026-11-21T06:34:00Z"}, "is not after since"),
    ("command.posture_changed.v1", {"agency": "qs/fire/119"}, "qs/fire/119 is not of region lz"),
    ("plan.activated.v1", {"agencies__0__part": "support"}, "one agency leads, not 0"),
    ("plan.activated.v1", {"agencies__1__part": "lead"}, f"not 2: {FIRE}, lz/medical"),
    ("plan.activated.v1", {"agencies__1__agency": FIRE}, f"named twice: {FIRE}"),
    ("plan.activated.v1", {"first_orders": ["a", "b", "a"]}, "named twice: a"),
    ("plan.activated.v1", {"posts__0__post_id": POST}, f"named twice: {POST}"),
    ("plan.activated.v1", {"reports__0__report_id": "lz-rep-0417-2"}, "twice: lz-rep-0417-2"),
    ("plan.step_started.v1", {"order_ids": [f"o{n}" for n in range(201)]}, "at most 200 items"),
    ("plan.step_done.v1", {"outcome": "failed", "reason": None}, "outcome is failed but no"),
    ("report.due.v1", {"series_number": 2}, "stage is first and series_number is 2"),
    ("report.due.v1", {"due": "2026-11-21T06:00:41Z"}, "is not after since"),
    ("report.filed.v1", {"stage": "final", "series_number": 1}, "stage is final and series_number"),
    ("report.filed.v1", {"previous_report_id": None}, "series_number is 2 and previous_report_id"),
    ("report.filed.v1", {"previous_report_id": "lz-rep-0417-2"}, "follows itself (lz-rep-0417-2)"),
    ("report.filed.v1", {"casualties__red_count": -1}, "greater than or equal to 0"),
    ("report.overdue.v1", {"overdue_s": -1}, "greater than or equal to 0"),
    ("report.overdue.v1", {"reminder_number": 0}, "greater than or equal to 1"),
    ("clock.started.v1", {"thresholds_s": []}, "at least 1 item"),
    ("clock.started.v1", {"thresholds_s": [0]}, "greater than 0"),
    ("clock.started.v1", {"thresholds_s": [180, 60]}, "threshold 60 s is not longer than 180 s"),
    ("clock.started.v1", {"stops_at": "received"}, "starts at received and stops at received"),
    ("clock.started.v1", {"start_event_id": "me"}, "pattern"),
    ("clock.breached.v1", {"breach_number": 0}, "greater than or equal to 1"),
    ("clock.breached.v1", {"elapsed_s": 179}, "elapsed_s 179 has not passed 180 s yet"),
    ("clock.stopped.v1", {"outcome": "within"}, "is within, but elapsed_s is 451 of 180 s"),
    ("clock.stopped.v1", {"elapsed_s": 180}, "is after, but elapsed_s is 180 of 180 s"),
    ("clock.stopped.v1", {"stop_event_id": None}, "outcome is after and stop_event_id is None"),
    ("exercise.started.v1", {"speed_factor": 0}, "greater than 0"),
    ("exercise.started.v1", {"agencies": []}, "at least 1 item"),
    ("exercise.started.v1", {"agencies": [FIRE, FIRE]}, f"named twice: {FIRE}"),
    ("exercise.injected.v1", {"expected__1__reaction_id": "move-post"}, "named twice: move-post"),
    ("exercise.injected.v1", {"expected__0__event_type": "order.reported.v1"}, "pattern"),
    ("exercise.ended.v1", {"ended": "2026-11-20T00:59:59Z"}, "is before started 2026-11-20 01:00"),
    ("exercise.ended.v1", {"reason": None}, "ending is stopped but no reason"),
    ("exercise.ended.v1", {"results__1__reaction_id": "move-post"}, "named twice: move-post"),
    ("exercise.ended.v1", {"results__1__elapsed_s": 5}, "is missed, but elapsed_s is 5"),
    ("review.published.v1", {"incident_id": None, "risk_id": None}, "about no incident, risk or"),
    ("review.published.v1", {"timeline_end": "2026-11-21T05:57:59Z"}, "is before timeline_start"),
    ("review.published.v1", {"supersedes": "lz-rev-0417-1"}, "supersedes itself (lz-rev-0417-1)"),
    ("review.published.v1", {"document__sha256": "ABC"}, "pattern"),
    ("risk.clue_reported.v1", {"source": "rumour"}, "'patrol'"),
    ("risk.assessed.v1", {"assessed_by": ENVIRONMENT}, f"named twice: {ENVIRONMENT}"),
    ("risk.assessed.v1", {"conclusion": "close"}, "conclusion is close and level is orange"),
    ("risk.assessed.v1", {"level": None}, "conclusion is warn and level is None"),
    ("risk.warning_proposed.v1", {"expires": "2026-11-21T08:00:00Z"}, "is not after onset"),
    ("risk.warning_proposed.v1", {"warning_colour": "purple"}, "'orange'"),
    ("agency.online.v1", {"offline_s": -1}, "greater than or equal to 0"),
    ("agency.offline.v1", {"agency": "12345"}, "pattern"),
    ("link.up.v1", {"to_bus": "lz"}, "a link from lz to lz"),
    ("link.down.v1", {"waiting_count": -1}, "greater than or equal to 0"),
    ("agreement.changed.v1", {"previous_version_number": 4}, "version_number 4 replaces 4"),
    ("agreement.changed.v1", {"version_number": 1}, "version_number 1 replaces 3"),
    ("agreement.changed.v1", {"previous_version_number": None}, "version_number 4 replaces None"),
    ("agreement.changed.v1", {"previous_sha256": None}, "previous_sha256 is None of version 3"),
    ("agreement.changed.v1", {"terms__0__to_region": "lz"}, "shared from lz with lz"),
    ("agreement.changed.v1", {"terms__0__until": "2026-11-21T07:20:00Z"}, "is not after since"),
    ("agreement.changed.v1", {"terms__0__contracts": ["aid"]}, "pattern"),
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


STATION = "Hexing station commander"
KEPT = [
    ("command.level_changed.v1", {"from_level": "I", "to_level": "IV"}),
    ("command.commander_handed_over.v1", {"reason_code": "shift", "to_commander__role": STATION}),
    ("command.posture_changed.v1", {"agency": FIRE, "until": None}),
    ("command.posture_changed.v1", {"from_posture": "wartime", "to_posture": "normal"}),
    ("report.filed.v1", {"stage": "final", "series_number": 9}),
    (
        "report.filed.v1",
        {"stage": "first", "series_number": 1, "previous_report_id": None, "casualties": None},
    ),
    ("clock.stopped.v1", {"outcome": "within", "elapsed_s": 180}),
    ("clock.stopped.v1", {"outcome": "void", "stop_event_id": None}),
    ("exercise.ended.v1", {"ending": "completed", "reason": None}),
    ("risk.assessed.v1", {"conclusion": "close", "level": None, "opinions": []}),
    ("review.published.v1", {"incident_id": None}),
    (
        "agreement.changed.v1",
        {
            "version_number": 1,
            "previous_version_number": None,
            "previous_sha256": None,
            "terms": [],
        },
    ),
]
OF_A_LATER_VERSION = [
    (
        "command.commander_handed_over.v1",
        {"reason_code": "election", "to_commander__role": STATION},
    ),
    ("plan.activated.v1", {"agencies__0__part": "joint_lead"}),
    ("plan.step_done.v1", {"outcome": "deferred", "reason": None}),
    ("report.due.v1", {"stage": "verification", "series_number": 1}),
    ("clock.stopped.v1", {"outcome": "paused", "stop_event_id": None}),
    ("risk.assessed.v1", {"conclusion": "hand_on", "level": None}),
]


@pytest.mark.parametrize(("type_name", "changes"), KEPT + OF_A_LATER_VERSION)
def test_what_only_looks_like_a_breach_is_read(type_name: str, changes: dict[str, Any]) -> None:
    """The rules refuse no more than they say, nor a code that a later publisher added."""
    assert Envelope.from_document(changed(type_name, **changes)).type == type_name


def test_an_order_reaches_a_command_post_by_its_address() -> None:
    """A post's agency and role are all that an order needs, wherever the post stands."""
    post = example("command.post_established.v1")["data"]
    address = {"agency": post["agency"], "role": post["role"]}
    order = changed("order.issued.v1", addressee=address)
    assert Envelope.from_document(order, strict=True).data.model_dump()["addressee"] == {
        **address,
        "unit_id": None,
    }
