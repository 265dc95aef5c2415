"""What is generated is checked in, and says what the code says."""

import json
from pathlib import Path

import liandong.contracts
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.export import documents, with_examples

FOLDER = Path(liandong.contracts.__file__).parent / "schemas"
DOCUMENTS = documents()


def test_what_is_checked_in_is_what_the_code_says() -> None:
    """Who changed a contract forgot a command: make schemas."""
    paths = [path for path in FOLDER.rglob("*") if path.is_file()]
    written = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in paths}
    stale = {name for name in DOCUMENTS | written if written.get(name) != DOCUMENTS.get(name)}
    assert sorted(stale) == [], "run make schemas"


def test_every_contract_is_exported_in_every_form() -> None:
    """With one whole message of each."""
    forms = ("2020-12", "draft-07", "reader", "examples")
    wanted = {f"{form}/{name}.json" for form in forms for name in contracts()}
    assert wanted <= with_examples().keys()


def test_an_export_is_text_that_ends_with_a_line() -> None:
    """Chinese as it is written, so that people can search in it."""
    assert all(text.endswith(("}\n", "]\n")) for text in DOCUMENTS.values())
    assert "警" in DOCUMENTS["labels.json"]


def test_everything_that_a_message_says_has_a_name() -> None:
    """Codes of the data, of the envelope and of the catalogue, by value."""
    named = json.loads(DOCUMENTS["labels.json"])
    assert named["codes"]["Mode"]["values"]["exercise"]["zh"]
    assert named["codes"]["ResponseGrade"]["values"]["I"]["en"]
    assert named["contracts"]["unit.position.v1"]["fields"]["point"]["zh"]
    assert named["parts"]["Point"]["fields"]["coordinates"]["meaning_zh"]
