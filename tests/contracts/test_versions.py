"""Versions of a contract: an earlier one is read as the newest, and loses nothing on the way."""

from typing import Any

import pytest
from generated import models
from hypothesis import given
from hypothesis import strategies as st

from liandong.contracts import (
    Agency,
    Envelope,
    Event,
    FacilityStatus,
    FacilityStatusV1,
    Filter,
    Mode,
    contract,
)
from liandong.contracts.examples import example

SOURCE = Agency("lz", "medical", "120-linzhou")
EARLIER = [kind for kind in Event.known.values() if kind.versions()[1:]]


def first_version_of(status: FacilityStatus) -> dict[str, Any]:
    """Return what the first version would have said: the way back, for what came from there."""
    data = status.model_dump(exclude_unset=True)
    for beds in data["beds"]:
        codes = beds.pop("codes")
        assert len(codes) <= 1
        beds["local_type"] = codes[0] if codes else None
    return data


@given(st.data())
def test_any_first_status_is_read_as_the_second_and_loses_nothing(data: st.DataObject) -> None:
    """There and back again it is the same, and on the wire it is valid."""
    old = data.draw(models(FacilityStatusV1))
    new = old.newest()
    assert isinstance(new, FacilityStatus)
    assert FacilityStatusV1(**first_version_of(new)) == old
    envelope = Envelope(source=SOURCE, area="cn.99.01", data=new)
    assert Envelope.decode(envelope.encode(), strict=True).data == new


def test_an_upcast_changes_nothing_but_the_data() -> None:
    """Who, when, where and the event's own identity stay."""
    old = Envelope.from_document(example("facility.status.v1"))
    new = old.newest()
    assert (new.type, new.key) == ("facility.status.v2", old.key)
    assert new.model_copy(update={"data": old.data}) == old
    assert new.newest() is new


def test_a_code_that_nobody_knows_yet_survives() -> None:
    """A reader keeps it through the upcast as well."""
    document = example("facility.status.v1")
    document["data"]["beds"][0]["bed_type"] = "MoonBase"
    data = Envelope.from_document(document).newest().data
    assert isinstance(data, FacilityStatus)
    assert (data.beds[0].bed_type, data.beds[0].bed_type.recognised) == ("MoonBase", False)


def test_who_asks_for_a_contract_asks_for_its_past() -> None:
    """Each version once, however often it is named: JetStream refuses overlapping filters."""
    both = Filter(contracts=(FacilityStatus, FacilityStatusV1, FacilityStatus))
    assert both.subjects(Mode.LIVE) == (
        "ld.live.*.*.*.facility.status.v2.*.>",
        "ld.live.*.*.*.facility.status.v1.*.>",
    )
    assert Filter(contracts=(FacilityStatusV1,)).versions == (FacilityStatusV1,)


@pytest.mark.parametrize("kind", EARLIER, ids=lambda kind: kind.type_name())
def test_versions_travel_alike(kind: type[Event]) -> None:
    """One lane, one key, one owner: a new version changes what is said, not how it travels."""
    assert {(v.lane, v.key_fields, v.owner) for v in kind.versions()} == {
        (kind.lane, kind.key_fields, kind.owner)
    }


@pytest.mark.parametrize("kind", EARLIER, ids=lambda kind: kind.type_name())
def test_every_earlier_version_has_an_upcast(kind: type[Event]) -> None:
    """The example of each is read as the newest."""
    newest = [Envelope.from_document(example(v.type_name())).newest() for v in kind.versions()]
    assert {contract(envelope.type) for envelope in newest} == {kind}
