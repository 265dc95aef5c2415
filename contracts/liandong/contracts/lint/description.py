"""Every contract, part, code list and field says what it means, in a docstring of its own."""

from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.docstrings import field_docstrings
from liandong.contracts.lint.walk import fields, models, vocabularies


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield what is not described."""
    for kind in (*models(contract), *vocabularies(contract)):
        if not kind.__dict__.get("__doc__"):
            yield f"{kind.__name__} has no docstring"
    for field in fields(contract):
        if field.name not in field_docstrings(field.model):
            yield f"{field} has no docstring"
