"""The examples run as their pages say."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import ROOT, code_blocks, files, name_of

from liandong.ops.site import adapter_kinds, read_site

FOUND = ["lz/police/110", "incident.reported.v1", "110-LZ-1107", "cn.99.01"]
LIANDONG = Path(sys.executable).with_name("liandong")


def test_the_tutorials_adapter_passes_its_own_tests() -> None:
    """In its own folder, as an integrator runs them."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT / "examples" / "adapter",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_the_sites_settings_can_be_read() -> None:
    """Every file beside the site file is named in it, and right."""
    site = ROOT / "examples" / "site" / "site.toml"
    named = set(re.findall(r'settings = "(.*)"', site.read_text("utf-8")))
    beside = {path.name for path in site.parent.glob("*.toml")} - {"site.toml", "calls.toml"}
    assert len(read_site(site).adapters) == len(named) - 1  # telemetry needs a broker
    assert named == beside


@pytest.mark.parametrize("path", files(":(glob)adapters/liandong/adapters/*/*.toml"), ids=name_of)
def test_the_settings_beside_an_adapter_can_be_read(path: Path, tmp_path: Path) -> None:
    """Whoever copies them begins with something that works."""
    kinds = [name for name in adapter_kinds() if name.startswith(f"{path.parent.name}.")]
    sites = [tmp_path / f"{name}.toml" for name in kinds]
    for name, site in zip(kinds, sites, strict=True):
        site.write_text(f'[[adapter]]\nuses = "{name}"\nsettings = "{path}"\n')
    assert [site for site in sites if _is_right(site)]


def _is_right(site: Path) -> bool:
    try:
        return bool(read_site(site))
    except Exception:  # noqa: BLE001  of the agency's adapters one must fit
        return False


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Keep state in this test's folder."""
    return os.environ | {"LIANDONG_HOME": str(tmp_path / "home"), "NO_COLOR": "1"}


@pytest.fixture
def site(tmp_path: Path, environment: dict[str, str]) -> Iterator[Path]:
    """Run a copy of the example site on free ports, until it says that it is up."""
    folder = tmp_path / "site"
    shutil.copytree(ROOT / "examples" / "site", folder, ignore=shutil.ignore_patterns("folders"))
    for file in folder.glob("*.toml"):
        file.write_text(re.sub(r"^port = \d+", "port = 0", file.read_text(), flags=re.MULTILINE))
    with subprocess.Popen(
        [LIANDONG, "up", folder / "site.toml"], env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        next(line for line in process.stderr if line.startswith("Ctrl-C ends it"))
        yield folder
        process.terminate()


def test_a_dropped_row_is_found_again(site: Path, environment: dict[str, str]) -> None:
    """The README's walk: drop a file, watch it arrive, read the incident's timeline."""
    shutil.copy(site / "calls.csv", site / "folders" / "police" / "inbox")
    watch = ("tail", "--since", "start", "--contract", "incident", "--count", "1")
    for command in (watch, ("incident", "show", "110-LZ-1107")):
        shown = subprocess.run(
            [LIANDONG, *command], env=environment, capture_output=True, text=True, check=True
        )
        assert shown.stdout.split()[2:6] == FOUND


def test_a_contract_of_ones_own_runs_as_its_page_says(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """Its four files in a folder: nothing is found wrong, and what was said is read."""
    page = ROOT / "docs" / "how-to" / "write-a-contract.md"
    names = ("hydrants.py", "hydrant.measured.v1.json", "check.py", "try_it.py")
    blocks = code_blocks(page.read_text("utf-8"))
    for name, (_, text) in zip(names, blocks, strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    environment.pop("LIANDONG_SERVERS", None)
    said = [
        subprocess.run(
            [sys.executable, name],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.decode()
        for name in ("check.py", "try_it.py")
    ]
    assert said == ["", "lz-h-0417 310.0\n"]
