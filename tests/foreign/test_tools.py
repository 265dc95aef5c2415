"""Other people's tools read the exported contracts: ajv, the AsyncAPI parser, type generators."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts.catalogue import contracts

pytestmark = pytest.mark.timeout(300)  # the first test installs them


def said(tools: Path, *command: str | Path) -> Any:
    """Run one of the programs and return what it printed."""
    done = subprocess.run(
        ["node", *command], cwd=tools, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


def test_every_example_is_valid_under_ajv(tools: Path, exported: Path) -> None:
    """Each schema compiles in strict mode; a publisher's view refuses what a reader's takes."""
    assert said(tools, "validate.mjs", exported) == {"schemas": 2 * len(contracts()), "wrong": []}


def test_ajv_finds_what_is_wrong(tools: Path, exported: Path, tmp_path: Path) -> None:
    """The check above can fail: one example that breaks a limit is named, in both views."""
    broken = tmp_path / "broken"
    subprocess.run(["cp", "-r", exported, broken], check=True)
    path = broken / "examples" / "incident.cleared.v1.json"
    message = json.loads(path.read_text("utf-8"))
    message["data"]["rescued_count"] = -1
    path.write_text(json.dumps(message), "utf-8")
    wrong = said(tools, "validate.mjs", broken)["wrong"]
    assert [line.split(":")[0] for line in wrong if "rescued_count" in line] == [
        "draft-07 incident.cleared.v1.json",
        "reader incident.cleared.v1.json",
    ]


def test_the_official_parser_reads_the_asyncapi_document(tools: Path, exported: Path) -> None:
    """A channel for every contract, and neither an error nor a warning."""
    found = said(tools, "asyncapi.mjs", exported / "asyncapi.json")
    assert found == {"channels": len(contracts()), "wrong": []}


def test_types_are_generated_from_every_schema(tools: Path, exported: Path, tmp_path: Path) -> None:
    """TypeScript that its own compiler takes; Go, Java and C#."""
    said(tools, "types.mjs", exported / "draft-07", tmp_path)
    for language in ("ts", "go", "java", "csharp"):
        files = list((tmp_path / language).iterdir())
        assert len(files) == len(contracts())
        assert [path.name for path in files if path.stat().st_size < 100] == []
    compiled = subprocess.run(
        [tools / "node_modules/.bin/tsc", "--noEmit", "--strict", *(tmp_path / "ts").iterdir()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.stdout == ""
    assert compiled.returncode == 0
    assert "incident_id: string" in (tmp_path / "ts" / "IncidentReportedV1.ts").read_text("utf-8")
