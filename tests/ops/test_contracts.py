"""Contracts at the command line: look, take, check. No broker runs here."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts.catalogue import contracts
from liandong.contracts.examples import example

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everything exported, once for all tests."""
    from liandong.ops.catalogue.take import export  # noqa: PLC0415  the command's own function

    folder = tmp_path_factory.mktemp("exported")
    export(folder, examples=True, as_json=True)
    return folder


def test_the_list_has_every_contract_in_both_languages(cli: Any) -> None:
    """With its lane, the role that owns it, and its version."""
    entries = json.loads(cli("contracts", "list", "--json").stdout)
    assert [entry["name"] for entry in entries] == sorted(contracts())
    assert all(entry["title"]["en"] and entry["title"]["zh"] for entry in entries)
    assert all(entry["lane"] and entry["owner"] and entry["version"] for entry in entries)
    assert "incident.reported.v1" in cli("contracts", "list").stdout


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "restricted: may name people",
                "metres",
                "20 items",
                "ResponseGrade",
                "* needed",
                "time with offset",
            ],
        ),
        ("zh", ["限制：可能涉及个人", "米", "20 项", "ResponseGrade", "* 必填", "带时区的时间"]),
    ],
)
def test_a_contract_is_shown_with_all_that_it_promises(
    cli: Any, language: str, words: list[str]
) -> None:
    """The version may be left out: the newest is meant."""
    shown = cli("contracts", "show", "incident.reported", "--lang", language).stdout
    assert [word for word in words if word not in shown] == []


def test_a_field_needed_only_within_its_part_is_marked_as_such(cli: Any) -> None:
    """Whoever leaves the part out need not give it."""
    shown = cli("contracts", "show", "incident.reported").stdout.splitlines()
    marks = {line[2:].split()[0]: line[0] for line in shown if line[:1] in {"*", "+"}}
    assert (marks["incident_id"], marks["local_type.local"]) == ("*", "+")


def test_a_contract_is_shown_to_programs(cli: Any) -> None:
    """Each field with its labels, each code list with its codes."""
    shown = json.loads(cli("contracts", "show", "incident.reported.v1", "--json").stdout)
    fields = {field["path"]: field for field in shown["fields"]}
    assert fields["location.uncertainty_m"]["unit"] == {"en": "metres", "zh": "米"}
    assert fields["grade"]["code_list"] == "ResponseGrade"
    assert fields["description"]["restricted"] is True
    assert shown["codes"]["ResponseGrade"]["I"]["zh"]


def test_a_name_that_is_nearly_right_is_guessed(cli: Any) -> None:
    """And one that is not even near has a next step."""
    near = cli("contracts", "show", "incident.reprted")
    far = cli("contracts", "show", "xyz")
    assert (near.returncode, far.returncode) == (3, 3)
    assert "incident.reported" in near.stderr
    assert "liandong contracts list" in far.stderr


def test_an_example_is_a_message_that_is_right(cli: Any) -> None:
    """What one command prints the other one takes."""
    shown = cli("contracts", "example", "incident.reported").stdout
    checked = cli("validate", "-", text=shown)
    assert json.loads(shown) == example("incident.reported.v1")
    assert (checked.returncode, checked.stdout) == (0, "")
    assert checked.stderr == "1 message is right\n"


def test_an_export_holds_every_form(cli: Any, tmp_path: Path) -> None:
    """And says where it is."""
    done = json.loads(cli("contracts", "export", tmp_path, "--json").stdout)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")}
    assert written == set(done["files"])
    assert {"asyncapi.json", "catalogue.json", "labels.json", "draft-07/envelope.json"} <= written


def test_an_export_that_cannot_be_written_is_one_line(cli: Any, tmp_path: Path) -> None:
    """It names the place."""
    occupied = tmp_path / "occupied"
    occupied.write_text("a file, not a folder")
    done = cli("contracts", "export", occupied)
    assert done.returncode == 1
    assert done.stderr.startswith(f"liandong: cannot write {occupied}")
    assert len(done.stderr.splitlines()) == 1


def test_schemas_that_cannot_be_written_again_stay_as_they_are(tmp_path: Path) -> None:
    """Where there is no command to write them, ``make schemas`` deletes nothing."""
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    (schemas / "catalogue.json").write_text("[]")
    settings = (f"SCHEMAS={schemas}", f"BIN={tmp_path}")
    command = ["make", "-C", str(ROOT), "--assume-old=.venv/dev", "schemas", *settings]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == [
        "schemas",
        "schemas/catalogue.json",
    ]


def test_an_export_is_the_catalogue_as_it_is(cli: Any, exported: Path) -> None:
    """Nothing is lost on the way: there is no difference."""
    done = cli("contracts", "diff", exported, "current", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_breaking_change_ends_with_1_and_an_additive_one_does_not(
    cli: Any, exported: Path, tmp_path: Path
) -> None:
    """By the files alone, without our code."""
    path = exported / "2020-12" / "unit.position.v1.json"
    schema = json.loads(path.read_text("utf-8"))
    removed = schema["properties"].pop("speed_kmh")
    smaller = tmp_path / "smaller.json"
    smaller.write_text(json.dumps(schema))
    worse = cli("contracts", "diff", path, smaller, "--json")
    better = cli("contracts", "diff", smaller, path)
    assert removed
    assert worse.returncode == 1
    assert [change["rule"] for change in json.loads(worse.stdout)] == ["field-removed"]
    assert better.returncode == 0
    assert "field-added-optional" in better.stdout


def test_two_versions_of_a_contract_can_be_compared(cli: Any, exported: Path) -> None:
    """File by file, whatever they are called."""
    folder = exported / "2020-12"
    files = (folder / "facility.status.v1.json", folder / "facility.status.v2.json")
    done = cli("contracts", "diff", *files)
    assert done.returncode == 1
    assert "facility.status.v2" in done.stdout


def test_what_cannot_be_compared_is_named(cli: Any) -> None:
    """With what would do."""
    done = cli("contracts", "diff", "yesterday", "current")
    assert done.returncode == 3
    assert "'released'" in done.stderr


def test_the_gate_passes_what_breaks_nobody(cli: Any) -> None:
    """Against the baseline that is checked in."""
    done = cli("contracts", "check", "--json")
    assert done.returncode == 0, done.stdout
    assert not any(change["breaking"] for change in json.loads(done.stdout))


def test_every_fault_of_every_message_is_told_with_its_place(cli: Any, tmp_path: Path) -> None:
    """A file of JSON Lines by line, a whole document by its path."""
    wrong = example("incident.reported.v1")
    del wrong["data"]["summary"]
    lines = tmp_path / "messages.jsonl"
    lines.write_text(f"{json.dumps(example('unit.status.v1'))}\n\n{json.dumps(wrong)}\n")
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(wrong, indent=2))
    english = cli("validate", lines, whole)
    chinese = cli("validate", lines, "--lang", "zh")
    assert (english.returncode, chinese.returncode) == (1, 1)
    assert english.stdout.splitlines() == [
        f"{lines}:3: data.summary: expected this field, found nothing [reason 301]",
        f"{whole}: data.summary: expected this field, found nothing [reason 301]",
    ]
    assert "必填字段" in chinese.stdout
    assert english.stderr == "2 of 3 messages are wrong\n"
    assert chinese.stderr == "2 条消息中有 1 条有误\n"


def test_faults_are_told_to_programs(cli: Any) -> None:
    """With the kind, which does not change with the language."""
    done = cli("validate", "-", "--json", text="{}")
    (message,) = json.loads(done.stdout)
    assert done.returncode == 1
    assert not message["right"]
    assert {fault["kind"] for fault in message["faults"]} == {"missing"}
    assert {fault["reason"] for fault in message["faults"]} == {201}


def test_a_file_that_is_not_there_is_named(cli: Any) -> None:
    """No traceback."""
    done = cli("validate", "no-such-file.json")
    assert done.returncode == 3
    assert "no-such-file.json" in done.stderr


@pytest.mark.parametrize("name", sorted(contracts()))
def test_every_field_of_every_contract_is_shown_with_its_label(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An item of a list, or one of several kinds, has the label of its field."""
    from liandong.ops.catalogue.look import show_contract  # noqa: PLC0415  the command's own

    show_contract(name, "zh", as_json=False)
    show_contract(name, "en", as_json=True)
    fields = json.loads(capsys.readouterr().out.splitlines()[-1])["fields"]
    bare = [one["path"] for one in fields if "label" not in one]
    assert [path for path in bare if not path.endswith(("[]", ".*")) and "|" not in path] == []
