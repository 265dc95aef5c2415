"""The bed board: any history of ADT events gives the counts that a plain ledger gives.

All hospitals, wards and visits here are made up.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs.hl7v2 import AdtEvent, BedStatus, Place, Stay
from liandong.adapters.medical.beds import Bed, BedBoard, Hospital, Ward, capacities, fold
from liandong.contracts import FHIR_BED_CODES, BedType, CapacityStatus, Code

HOSPITAL = Hospital(
    id="lz-first",
    name="Luzhou First Hospital",
    facilities=("FIRST", "第一医院"),
    wards=(
        Ward(point_of_care="ICU", bed_type=BedType.ADULT_ICU, beds=2),
        Ward(point_of_care="W3", bed_type=BedType.MEDICAL_SURGICAL, beds=4),
        Ward(point_of_care="W4", bed_type=BedType.MEDICAL_SURGICAL, beds=4),
    ),
)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def place(ward: str, bed: str, facility: str = "FIRST") -> Place:
    """Return a place in a hospital."""
    return Place(facility, ward, "1", bed)


def event(
    trigger: str,
    visit: str = "v1",
    at: Place | None = None,
    prior: Place | None = None,
    patient_class: str = "I",
) -> AdtEvent:
    """Return what one message says of one stay."""
    stays = (Stay(visit, patient_class, at, prior),)
    return AdtEvent(trigger, None, NOW, stays, None, ())


def status(bed: str, value: BedStatus) -> AdtEvent:
    """Return what an A20 says of a bed of the ICU."""
    return AdtEvent("A20", None, NOW, (), (place("ICU", bed), value), ())


def board_after(*events: AdtEvent) -> BedBoard:
    """Return the board after some events."""
    board = BedBoard()
    for one in events:
        board = fold(board, one, (HOSPITAL,))
    return board


def icu(*events: AdtEvent) -> tuple[int | None, int | None]:
    """Return how many beds of the ICU are taken and available after some events."""
    kind = capacities(board_after(*events), HOSPITAL.id, HOSPITAL.wards)[0]
    return kind.occupied_count, kind.available_count


ICU_1, ICU_2, W3_1 = place("ICU", "1"), place("ICU", "2"), place("W3", "1")
ADMITTED = event("A01", at=ICU_1)

HISTORIES = {
    "nothing yet": ((), (0, 2)),
    "admitted": ((ADMITTED,), (1, 1)),
    "admitted twice": ((ADMITTED, ADMITTED), (1, 1)),
    "a pre-admission": ((event("A05", at=ICU_1),), (0, 2)),
    "registered in a bed": ((event("A04", at=ICU_1, patient_class="E"),), (1, 1)),
    "transferred in": ((event("A01", at=W3_1), event("A02", at=ICU_1, prior=W3_1)), (1, 1)),
    "transferred out": ((ADMITTED, event("A02", at=W3_1, prior=ICU_1)), (0, 2)),
    "transfer cancelled": (
        (ADMITTED, event("A02", at=W3_1, prior=ICU_1), event("A12", at=ICU_1)),
        (1, 1),
    ),
    "discharged": ((ADMITTED, event("A03", at=ICU_1)), (0, 2)),
    "discharged from where it was not": ((ADMITTED, event("A03", at=W3_1)), (0, 2)),
    "discharge cancelled": ((ADMITTED, event("A03"), event("A13", at=ICU_1)), (1, 1)),
    "admission cancelled": ((ADMITTED, event("A11", at=ICU_1)), (0, 2)),
    "became an outpatient elsewhere": ((ADMITTED, event("A07", at=place("OPD", ""))), (0, 2)),
    "became an inpatient": ((event("A04", at=place("OPD", "")), event("A06", at=ICU_1)), (1, 1)),
    "update of a patient who is in": ((ADMITTED, event("A08", at=ICU_2)), (1, 1)),
    "update of a patient who is not": ((event("A08", at=ICU_1),), (0, 2)),
    "tracking": ((ADMITTED, event("A09", at=ICU_1), event("A10", at=W3_1)), (1, 1)),
    "a pending discharge": ((ADMITTED, event("A16", at=ICU_1)), (1, 1)),
    "says no place": ((ADMITTED, event("A02", at=None)), (1, 1)),
    "the next patient in the same bed": ((ADMITTED, event("A01", "v2", ICU_1)), (1, 1)),
    "a late discharge from a bed taken again": (
        (ADMITTED, event("A01", "v2", ICU_1), event("A03", "v1", ICU_1)),
        (1, 1),
    ),
    "three patients in two beds": (
        (ADMITTED, event("A01", "v2", ICU_2), event("A01", "v3", place("ICU", "+1"))),
        (3, 0),
    ),
    "a patient in the ward without a bed": ((event("A01", at=place("ICU", "")),), (1, 1)),
    "two patients without a bed": (
        (event("A01", "v1", place("ICU", "")), event("A01", "v2", place("ICU", ""))),
        (2, 0),
    ),
    "an outpatient in the ward without a bed": (
        (event("A04", at=place("ICU", ""), patient_class="O"),),
        (0, 2),
    ),
    "being cleaned": ((ADMITTED, event("A03"), status("1", BedStatus.HOUSEKEEPING)), (0, 1)),
    "clean again": (
        (status("1", BedStatus.HOUSEKEEPING), status("1", BedStatus.UNOCCUPIED)),
        (0, 2),
    ),
    "closed, then taken": ((status("1", BedStatus.CLOSED), ADMITTED), (1, 1)),
    "isolated with its patient": ((ADMITTED, status("1", BedStatus.ISOLATED)), (1, 1)),
    "isolated after its patient": (
        (ADMITTED, status("1", BedStatus.ISOLATED), event("A03")),
        (0, 1),
    ),
    "occupied by nobody we know": ((status("1", BedStatus.OCCUPIED),), (1, 1)),
    "left by someone we did not know": (
        (status("1", BedStatus.OCCUPIED), event("A03", at=ICU_1)),
        (0, 2),
    ),
    "moved by someone we did not know": (
        (status("1", BedStatus.OCCUPIED), event("A02", at=W3_1, prior=ICU_1)),
        (0, 2),
    ),
}


@pytest.mark.parametrize(("events", "counts"), HISTORIES.values(), ids=HISTORIES.keys())
def test_a_history_ends_in_its_counts(events: Sequence[AdtEvent], counts: tuple[int, int]) -> None:
    """What each event means for a bed (HL7 v2 chapter 3)."""
    assert icu(*events) == counts


def test_a_swap_moves_both_patients() -> None:
    """A17 names both stays; neither loses the bed it moves into."""
    stays = (Stay("v1", "I", ICU_2, ICU_1), Stay("v2", "I", ICU_1, ICU_2))
    swap = AdtEvent("A17", None, NOW, stays, None, ())
    board = board_after(ADMITTED, event("A01", "v2", ICU_2), swap)
    assert {key: bed.visit for key, bed in board.beds.items()} == {
        "lz-first^ICU^1^1": "v2",
        "lz-first^ICU^1^2": "v1",
    }


def test_wards_of_one_type_are_counted_together() -> None:
    """HAVE counts by type of bed, over all wards and all names of the hospital."""
    board = board_after(
        event("A01", "v1", W3_1),
        event("A01", "v2", place("W4", "1", facility="第一医院")),
    )
    kind = capacities(board, HOSPITAL.id, HOSPITAL.wards)[1]
    assert (kind.bed_type, kind.baseline_count) == (BedType.MEDICAL_SURGICAL, 8)
    assert (kind.occupied_count, kind.available_count) == (2, 6)
    assert kind.status is CapacityStatus.AVAILABLE


def test_fhirs_code_stands_beside_the_type() -> None:
    """For whoever reads FHIR; each HAVE type has one."""
    kind = capacities(board_after(ADMITTED), HOSPITAL.id, HOSPITAL.wards)[0]
    system = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
    assert (kind.bed_type, kind.codes) == (BedType.ADULT_ICU, (Code(local="ICU", system=system),))
    assert FHIR_BED_CODES.keys() == set(BedType)


def test_a_ward_that_is_not_in_the_table_is_counted_under_its_own_name() -> None:
    """Unmapped is not dropped; without a baseline nothing is said to be available."""
    board = board_after(event("A01", at=place("烧伤科", "3")))
    kind = capacities(board, HOSPITAL.id, HOSPITAL.wards)[-1]
    assert kind.codes == (Code(local="烧伤科", system="lz-first"),)
    assert (kind.bed_type, kind.occupied_count, kind.available_count) == (None, 1, None)


def test_a_hospital_that_is_not_in_the_table_is_counted_under_its_own_name() -> None:
    """Its name becomes a token that two hospitals cannot share."""
    board = board_after(event("A01", at=place("ICU", "1", facility="Other Hospital")))
    (bed,) = board.beds.values()
    assert bed.hospital_id.startswith("Other-Hospital-")
    assert capacities(board, bed.hospital_id, ())[0].occupied_count == 1


places = st.builds(place, st.sampled_from(["ICU", "W3"]), st.sampled_from(["1", "2", "3"]))
moves = st.builds(
    event,
    st.sampled_from(["A01", "A02", "A03", "A04", "A05", "A06", "A08", "A11", "A12", "A13", "A31"]),
    st.sampled_from(["v1", "v2", "v3", "v4"]),
    places,
)


def naive_counts(events: Sequence[AdtEvent]) -> dict[str, int]:
    """Count as a clerk would who lays a card on a bed for each patient."""
    lies: dict[str, Place] = {}
    for one in events:
        (stay,) = one.stays
        assert stay.place is not None
        arrives = one.trigger in {"A01", "A02", "A04", "A06", "A12", "A13"}
        follows = one.trigger == "A08" and stay.visit in lies
        gone = {stay.visit} if arrives or follows or one.trigger in {"A03", "A11"} else set[str]()
        gone |= {v for v, at in lies.items() if (arrives or follows) and at == stay.place}
        lies = {visit: at for visit, at in lies.items() if visit not in gone}
        lies |= {stay.visit: stay.place} if arrives or follows else {}
    return {ward: sum(at.point_of_care == ward for at in lies.values()) for ward in ("ICU", "W3")}


@given(events=st.lists(moves, max_size=40))
def test_any_history_gives_the_counts_of_a_plain_ledger(events: list[AdtEvent]) -> None:
    """Replayed from nothing, the board agrees with cards laid on beds."""
    icu_kind, ward_kind = capacities(board_after(*events), HOSPITAL.id, HOSPITAL.wards)
    counted = {"ICU": icu_kind.occupied_count, "W3": ward_kind.occupied_count}
    assert counted == naive_counts(events)


@given(events=st.lists(moves, min_size=1, max_size=20))
def test_the_last_event_once_more_changes_nothing(events: list[AdtEvent]) -> None:
    """A sender that missed our answer sends again."""
    assert board_after(*events) == board_after(*events, events[-1])


def test_a_board_survives_being_kept() -> None:
    """What the journal keeps as JSON is the same board again."""
    board = board_after(ADMITTED, status("2", BedStatus.HOUSEKEEPING))
    assert BedBoard.model_validate_json(board.model_dump_json()) == board
    assert all(isinstance(bed, Bed) for bed in board.beds.values())
