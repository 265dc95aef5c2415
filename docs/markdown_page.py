"""Pieces of Markdown that the generated pages are put together from."""

import ast
import inspect
from collections.abc import Iterable
from enum import Enum
from itertools import pairwise
from typing import Any

NOTICE = "<!-- Written by `make docs` from the code; change the code instead. -->"


def page(parts: Iterable[str]) -> str:
    """Return a page: its title, the notice that it is generated, and the rest."""
    title, *rest = parts
    return "\n\n".join((title, NOTICE, *rest)) + "\n"


def table(head: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> str:
    """Return a table."""
    titles = tuple(head)
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def summary(kind: type) -> str:
    """Return the first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].replace("``", "`").split())


def member_docstrings(kind: type[Enum]) -> dict[str, str]:
    """Return what stands under each member of an enumeration, by the member's name."""
    tree = ast.parse(inspect.getsource(kind))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef))
    found = {}
    for statement, below in pairwise(body):
        match statement, below:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(ast.Constant(str(text))):
                found[name] = text
    return found


def _cell(value: Any) -> str:
    return " ".join(str(value or "").replace("``", "`").replace("|", "\\|").split())
