"""Files and functions that fit a head."""

import ast
from pathlib import Path

from project import files, name_of

FILE_LINES = 400
FUNCTION_LINES = 60

PYTHON = files("*.py")
LISTS = {"contracts/liandong/contracts/__init__.py"}  # names of what is exported, and nothing else


def lines_of(path: Path) -> int:
    """Return how long a file is."""
    return path.read_text("utf-8").count("\n")


def functions_of(path: Path) -> dict[str, int]:
    """Return how long each function of a file is."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return {f"{name_of(path)}:{f.name}": (f.end_lineno or 0) - f.lineno + 1 for f in functions}


def test_a_file_has_one_purpose() -> None:
    """A longer file is two."""
    lengths = {name_of(path): lines_of(path) for path in PYTHON}
    assert {f: n for f, n in lengths.items() if n > FILE_LINES and f not in LISTS} == {}


def test_a_function_fits_a_screen() -> None:
    """What does not is read by scrolling, which nobody does at three in the morning."""
    lengths = {name: n for path in PYTHON for name, n in functions_of(path).items()}
    assert {name: n for name, n in lengths.items() if n > FUNCTION_LINES} == {}
