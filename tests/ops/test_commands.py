"""The command line: what a stranger types, and what it answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts.examples import example

PUBLISH = (
    "publish",
    "incident.reported",
    "incident_id=lz-7",
    "summary=Smoke over the harbour",
    "location.address=Quay 3",
    "--area",
    "cn.99.01",
)


def test_an_event_published_from_fields_is_found_again(cli: Any) -> None:
    """Publish, tail, incident show: each starts the embedded server itself."""
    published = cli(*PUBLISH, "--json")
    tail = cli("tail", "--since", "start", "--no-follow", "--area", "cn.99", "--json")
    shown = cli("incident", "show", "lz-7")
    about = json.loads(published.stdout)
    assert about["subject"].endswith("incident.reported.v1.lz-7.cn.99.01")
    assert json.loads(tail.stdout)["id"] == about["id"]
    assert "Smoke over the harbour" in shown.stdout


def test_a_document_published_twice_is_one_event(cli: Any, tmp_path: Path) -> None:
    """The document's own id, source and mode are kept."""
    document = tmp_path / "event.json"
    document.write_text(json.dumps(example("incident.reported.v1")))
    first, second = (json.loads(cli("publish", document, "--json").stdout) for _ in range(2))
    assert first["id"] == second["id"] == example("incident.reported.v1")["id"]
    assert (first["duplicate"], second["duplicate"]) == (False, True)


def test_a_document_from_standard_input_says_every_fault(cli: Any) -> None:
    """All faults at once, each with its path, and the numbered reason."""
    broken = example("incident.reported.v1")
    del broken["data"]["summary"]
    broken["data"]["location"]["point"]["coordinates"] = [500, 0]
    done = cli("publish", "-", text=json.dumps(broken))
    assert done.returncode == 1
    assert "data.summary" in done.stderr
    assert "data.location.point.coordinates[0]" in done.stderr
    assert "301" in done.stderr


def test_publishing_and_checking_say_the_same_of_a_document(cli: Any, tmp_path: Path) -> None:
    """Each fault in one line, and none that commands the terminal."""
    document = tmp_path / "event.json"
    broken = example("incident.reported.v1") | {"expire": "x", "\u001b[31mred\nkey": "x"}
    document.write_text(json.dumps(broken))
    checked, published = cli("validate", document), cli("publish", document)
    said = [line.removeprefix(f"{document}: ") for line in checked.stdout.splitlines()]
    assert (checked.returncode, published.returncode) == (1, 1)
    assert published.stderr.splitlines() == [f"liandong: {line}" for line in said]
    assert "did you mean expires" in said[0]
    assert said[1].startswith(r"\x1b[31mred\nkey: ")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("incident", "show", "nothing"), 3, "tail --since start"),
        (("tail", "--contract", "incident.exploded"), 2, "there are"),
        (("tail", "--since", "yesterday"), 2, "10m"),
        (("publish", "incident.reported", "summary=x"), 2, "--area"),
        (("publish", "nosuch.json"), 3, "cannot read nosuch.json"),
        (("publish", "nosuch"), 2, "no contract 'nosuch'"),
        (("ingest", "army", "."), 2, "there are"),
        (("ingest", "fire", "no-such-file.csv"), 3, "no such file"),
        (("dead", "redrive", "--why", "why not"), 2, "--consumer"),
        (("--servers", "nats://127.0.0.1:1", "status"), 5, "cannot reach"),
        (("up", "no-such-site.toml"), 2, "cannot read"),
    ],
)
def test_an_error_names_the_cause_and_the_next_step(
    cli: Any, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """Each kind of failure has its exit code and no traceback."""
    done = cli(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_topology_is_planned_applied_and_then_agrees(cli: Any) -> None:
    """An embedded server has its streams already; applying again changes nothing."""
    assert cli("topology", "plan").stdout.strip() == "nothing differs"
    assert cli("topology", "apply").stdout.strip() == "nothing had to change"


def test_status_and_doctor_say_how_it_is(cli: Any) -> None:
    """On a fresh state everything is well."""
    status = json.loads(cli("status", "--json").stdout)
    doctor = cli("doctor", "--json")
    assert {stream["name"] for stream in status["streams"]} >= {"LD_LIVE_ORDERS", "LD_DEAD"}
    assert doctor.returncode == 0
    assert all(finding["well"] for finding in json.loads(doctor.stdout))


def test_a_dead_letter_is_listed_shown_and_redriven_once(cli: Any, tmp_path: Path) -> None:
    """The original comes back byte for byte; a second order does nothing."""
    alert = tmp_path / "alert.xml"
    alert.write_bytes(b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>\xc3\xa9</alert>")
    cli("ingest", "region", alert)
    (letter,) = json.loads(cli("dead", "list", "--json").stdout)
    shown = cli("dead", "show", letter["id"][:8], "--original")
    orders = [
        json.loads(cli("dead", "redrive", letter["id"], "--why", "try", "--json").stdout)
        for _ in range(2)
    ]
    assert shown.stdout.encode() == alert.read_bytes()
    assert [order[0]["ordered"] for order in orders] == [True, False]
    assert json.loads(cli("dead", "list", "--json").stdout) == []
