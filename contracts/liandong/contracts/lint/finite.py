"""Numbers are finite, and nothing of unknown kind can hide one that is not."""

from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.lint.walk import fields, models

_KINDS = {"type", "$ref", "anyOf", "enum", "const"}


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield every class that takes NaN or infinity, and every field that takes anything."""
    for model in models(contract):
        if model.model_config.get("allow_inf_nan", True):
            yield f"{model.__name__} takes NaN and infinity"
    for field in fields(contract):
        if any(not _KINDS & leaf.keys() for leaf in field.leaves()):
            yield f"{field} takes anything"
