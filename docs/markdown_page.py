"""Pieces of Markdown that the generated pages are put together from."""

import inspect
from collections.abc import Iterable
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


def _cell(value: Any) -> str:
    return " ".join(str(value or "").replace("``", "`").replace("|", "\\|").split())
