"""The gate: what agencies out there rely on stays as it was released."""

from pathlib import Path

from liandong.contracts.catalogue import normal, released
from liandong.contracts.catalogue.compare import compare
from liandong.contracts.catalogue.normal import Normal, of_schema

TEXT = {"type": "string"}


def state(**fields: dict[str, str]) -> dict[str, Normal]:
    """Return a catalogue of one contract with these fields."""
    return {"a.b.v1": of_schema({"$id": "urn:liandong:schema:a.b.v1", "properties": fields})}


def test_no_contract_breaks_what_was_released() -> None:
    """A change that breaks somebody needs a new version of the contract: class …, version=2."""
    changes = compare(released.released(), released.current())
    assert [str(change) for change in changes if change.breaking] == []


def test_there_is_a_baseline() -> None:
    """An empty one would let everything pass."""
    assert released.released()


def test_no_released_file_was_changed() -> None:
    """Additive changes make the next file: liandong contracts check --release."""
    assert released.tampered() == ()


def test_a_release_adds_a_file_for_each_contract_that_changed(tmp_path: Path) -> None:
    """The earlier ones stay; a second release of the same adds none."""
    first, second = state(x=TEXT), state(x=TEXT, y=TEXT)
    assert released.release(first, tmp_path) == ("a.b.v1.r1.json",)
    content = (tmp_path / "a.b.v1.r1.json").read_bytes()
    assert released.release(first, tmp_path) == ()
    assert released.release(second, tmp_path) == ("a.b.v1.r2.json",)
    assert (tmp_path / "a.b.v1.r1.json").read_bytes() == content
    assert released.released(tmp_path) == second
    assert released.tampered(tmp_path) == ()


def test_the_tenth_release_is_newer_than_the_ninth(tmp_path: Path) -> None:
    """Revisions are numbers, not texts."""
    for count in range(1, 12):
        released.release(state(**{f"x{n}": TEXT for n in range(count)}), tmp_path)
    assert len(released.released(tmp_path)["a.b.v1"].fields) == 11


def test_what_was_released_is_not_changed_removed_or_slipped_in(tmp_path: Path) -> None:
    """By the digests, each such file is named."""
    for name in ("a", "b"):
        released.release({name: next(iter(state(x=TEXT).values()))}, tmp_path)
    (tmp_path / "a.r1.json").write_text("{}")
    (tmp_path / "b.r1.json").unlink()
    (tmp_path / "c.r1.json").write_text("{}")
    assert released.tampered(tmp_path) == ("a.r1.json", "b.r1.json", "c.r1.json")


def test_before_the_first_release_there_is_nothing(tmp_path: Path) -> None:
    """An empty folder, or none, is no fault."""
    assert released.released(tmp_path / "none") == {}
    assert released.tampered(tmp_path / "none") == ()


def test_a_normal_form_is_read_as_it_was_written() -> None:
    """One line a field, so that a review shows what changed."""
    current = released.current()
    for name, contract in current.items():
        text = normal.dumps(contract)
        assert normal.loads(text) == contract
        assert len(text.splitlines()) == len(contract.fields) + 10, name
