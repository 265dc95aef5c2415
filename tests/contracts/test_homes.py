"""A contract's module is loaded when somebody asks for it, by whatever name."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import liandong.contracts
from liandong.contracts import Event, UnknownContract, contract
from liandong.contracts.homes import HOMES, home_of

LOADED = "import sys; print(*(m for m in sys.modules if m.startswith('liandong.contracts.')))"


def loaded_after(statement: str) -> set[str]:
    """Return which modules of contracts a program has loaded that runs one statement."""
    run = [sys.executable, "-c", f"{statement}; {LOADED}"]
    printed = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return {name.removeprefix("liandong.contracts.") for name in printed.split()}


def imports_for_type_checkers() -> dict[str, str]:
    """Return what a type checker is told of names and their modules."""
    tree = ast.parse(Path(str(liandong.contracts.__file__)).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    found = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in found for alias in node.names}


def test_names_are_declared_where_type_checkers_are_told() -> None:
    """The two lists agree; a new name is added to both: `homes` and the imports beside it."""
    assert imports_for_type_checkers() == HOMES


def test_every_contract_of_the_package_is_found_by_its_type() -> None:
    """Its class is named after its event, so its module follows from the type's name."""
    ours = {n: e for n, e in Event.known.items() if e.__module__.startswith("liandong.contracts.")}
    assert {name: home_of(name) for name in ours} == {n: e.__module__ for n, e in ours.items()}


@pytest.mark.parametrize(
    "statement",
    [
        "from liandong.contracts import RoadStatus",
        "from liandong.contracts import contract; contract('road.status.v1')",
        "import liandong.contracts; liandong.contracts.RoadStatus",
    ],
)
def test_only_what_is_asked_for_is_loaded(statement: str) -> None:
    """Roads without shelters; and nothing of either before."""
    assert "roads" not in loaded_after("import liandong.contracts")
    loaded = loaded_after(statement)
    assert "roads" in loaded
    assert "shelters" not in loaded


def test_an_earlier_version_is_found_where_only_the_newest_was_loaded() -> None:
    """Who asks for a contract is given its past too, wherever that is declared."""
    asked = "from liandong.contracts import FacilityStatus as F; print(*F.versions())"
    assert "facilities_v1" in loaded_after(asked)


@pytest.mark.parametrize("name", ["", "v1", ".v1", "road.status", "road.status.v9", "os.path.v1"])
def test_a_name_from_outside_loads_nothing_else(name: str) -> None:
    """A message's type is looked up in a list of ours, and is never a module's name."""
    with pytest.raises(UnknownContract):
        contract(name)


def test_what_is_not_there_is_missing_as_anywhere() -> None:
    """A slip of the pen is an AttributeError, and an ImportError where it is imported."""
    with pytest.raises(AttributeError, match="RoadStatsu"):
        liandong.contracts.RoadStatsu  # type: ignore[attr-defined]  # noqa: B018
