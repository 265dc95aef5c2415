"""What is public is listed, in order, and there."""

import ast
import importlib
from pathlib import Path

import pytest
from project import SOURCES, files

PUBLIC = ("liandong.contracts", "liandong.bus", "liandong.adapters.sdk")


@pytest.mark.parametrize("name", PUBLIC)
def test_the_list_of_public_names_is_sorted_and_true(name: str) -> None:
    """``__all__`` holds each name once, constants first, and every one exists."""
    module = importlib.import_module(name)
    listed = module.__all__
    assert listed == sorted(set(listed), key=lambda n: (not n.isupper(), not n[0].isupper(), n))
    assert [n for n in listed if not hasattr(module, n)] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_imported_into_a_public_module_is_listed(name: str) -> None:
    """A name that is re-exported is public: there is no half-open door."""
    module = importlib.import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("liandong.")
        for alias in node.names
    }
    assert {name for name in imported if name[0] != "_"} == set(module.__all__)


@pytest.mark.parametrize("folder", SOURCES)
def test_the_namespace_has_no_package_file_of_its_own(folder: str) -> None:
    """Three source roots share ``liandong``; a file there would hide the other two."""
    assert files(f"{folder}/liandong/__init__.py") == []
