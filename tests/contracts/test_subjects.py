"""Subjects: built and parsed in one place, and a filter lets through what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.contracts import (
    Agency,
    ContractError,
    Filter,
    IncidentReported,
    Mode,
    Subject,
    UnitStatus,
    to_token,
)
from liandong.contracts.subjects import is_token

FIRE = Agency("lz", "fire", "119-linzhou")
tokens = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
areas = st.lists(tokens, min_size=1, max_size=10).map(".".join)
agencies = st.builds(Agency, tokens, tokens, tokens)
types = st.sampled_from(["incident.reported.v1", "unit.status.v1"])
subjects = st.builds(Subject, st.sampled_from(Mode), agencies, types, tokens, areas)


def matches(wildcard: str, subject: str) -> bool:
    """Say whether NATS would deliver the subject to a subscription of the wildcard."""
    wanted, parts = wildcard.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted = wanted[:-1]
        parts, rest = parts[: len(wanted)], parts[len(wanted) :]
        return bool(rest) and same(wanted, parts)
    return same(wanted, parts)


def same(wanted: list[str], parts: list[str]) -> bool:
    """Say whether the tokens agree one by one."""
    return len(wanted) == len(parts) and all(
        want in ("*", part) for want, part in zip(wanted, parts, strict=True)
    )


@given(subjects)
def test_a_subject_parses_to_what_it_was_built_from(subject: Subject) -> None:
    """Building and parsing are each other's inverse."""
    assert Subject.parse(str(subject)) == subject


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ld",
        "ld.live.lz.fire.a.incident.reported.v1.key",
        "xx.live.lz.fire.a.incident.reported.v1.key.cn",
        "ld.peace.lz.fire.a.incident.reported.v1.key.cn",
        "ld.live.lz.fire.a.incident.reported.v1.*.cn",
        "ld.live.lz.fire.a.incident.reported.v1.key.cn.>",
        "ld.live.lz.fire..incident.reported.v1.key.cn",
        "ld.live.lz.fire.a.incident.reported.v1.key.cn\n",
    ],
)
def test_what_is_no_events_subject_is_refused(text: str) -> None:
    """A wildcard, an empty token or a missing part is no subject of an event."""
    with pytest.raises(ContractError):
        Subject.parse(text)


@given(subjects)
def test_a_filter_for_everything_matches_every_subject_of_its_mode(subject: Subject) -> None:
    """An empty filter means any, but never another mode."""
    hits = {mode for mode in Mode for w in Filter().subjects(mode) if matches(w, str(subject))}
    assert hits == {subject.mode}


@given(subjects, areas)
def test_an_area_filter_matches_the_area_and_all_inside_it_once(
    subject: Subject, area: str
) -> None:
    """``cn.32`` lets through ``cn.32`` and ``cn.32.05`` but not ``cn.320``."""
    wildcards = Filter(areas=(area, subject.area)).subjects(subject.mode)
    assert sum(matches(wildcard, str(subject)) for wildcard in wildcards) == 1
    inside = subject.area == area or subject.area.startswith(f"{area}.")
    only = Filter(areas=(area,)).subjects(subject.mode)
    assert any(matches(wildcard, str(subject)) for wildcard in only) == inside


@given(subjects)
def test_a_filter_by_key_agency_or_region_matches_just_that(subject: Subject) -> None:
    """Each part of a filter narrows by itself."""
    exact = Filter(key=subject.key, agency=subject.agency)
    other = Filter(key=f"{subject.key[:63]}x" if subject.key[-1] != "x" else "y")
    region = Filter(region=subject.agency.region)
    text, mode = str(subject), subject.mode
    assert [matches(w, text) for w in exact.subjects(mode)] == [True]
    assert [matches(w, text) for w in region.subjects(mode)] == [True]
    assert [matches(w, text) for w in other.subjects(mode)] == [other.key == subject.key]


def test_a_filter_of_contracts_and_areas_is_their_product() -> None:
    """Two contracts in one area are four wildcards, and a repeated contract adds none."""
    wanted = Filter(contracts=(IncidentReported, UnitStatus, UnitStatus), areas=("cn.99",))
    assert wanted.subjects(Mode.LIVE) == (
        "ld.live.*.*.*.incident.reported.v1.*.cn.99",
        "ld.live.*.*.*.incident.reported.v1.*.cn.99.>",
        "ld.live.*.*.*.unit.status.v1.*.cn.99",
        "ld.live.*.*.*.unit.status.v1.*.cn.99.>",
    )


def test_areas_inside_another_add_no_wildcard() -> None:
    """The broker refuses overlapping filters, so the outermost areas stand for all."""
    wildcards = Filter(areas=("cn.99.01", "cn.99", "cn.990", "cn.99")).subjects(Mode.TEST)
    assert [wildcard.removeprefix("ld.test.*.*.*.*.*.*.*.") for wildcard in wildcards] == [
        "cn.99", "cn.99.>", "cn.990", "cn.990.>"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "parts", [{"key": "a.b"}, {"key": "*"}, {"areas": ("cn.>",)}, {"areas": ("",)}, {"region": ""}]
)
def test_a_filter_that_could_not_match_is_refused(parts: dict[str, str]) -> None:
    """A part that is no token would silently match nothing, or everything."""
    with pytest.raises(ContractError):
        Filter(**parts)  # type: ignore[arg-type]


@given(st.text(max_size=200))
def test_any_identifier_becomes_a_token_and_a_token_stays(text: str) -> None:
    """A foreign identifier always gives a token, the same each time."""
    token = to_token(text)
    assert is_token(token)
    assert to_token(token) == token
    assert (token == text) == is_token(text)


def test_identifiers_that_differ_only_in_what_does_not_fit_stay_apart() -> None:
    """Two foreign names never fall together because of their punctuation."""
    names = ["a.b", "a:b", "a/b", "a b", "a--b", "和平", "和兴", "a" * 65, "a" * 66]
    assert len({to_token(name) for name in names}) == len(names)


def test_a_token_survives_bytes_that_were_no_text() -> None:
    """An identifier decoded with surrogate escapes still gives a token."""
    assert is_token(to_token(b"unit \xff".decode(errors="surrogateescape")))


@given(agencies)
def test_an_agency_reads_back_from_both_its_forms(agency: Agency) -> None:
    """As people write it and as CloudEvents writes it."""
    assert Agency.parse(str(agency)) == agency
    assert Agency.parse(agency.uri) == agency


@pytest.mark.parametrize(
    "text", ["", "lz", "lz/fire", "lz/fire/a/b", "lz/fire/", "lz/fi re/a", "a/b/*"]
)
def test_what_is_no_agency_is_refused(text: str) -> None:
    """Three tokens, no more and no less."""
    with pytest.raises(ContractError):
        Agency.parse(text)
