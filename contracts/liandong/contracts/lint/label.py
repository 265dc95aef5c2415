"""Every contract, part, code list, field and code has a label in English and in Chinese.

Labels lie in this package: a contract that somebody keeps elsewhere has none, and needs none.
"""

from collections.abc import Iterator
from typing import Any

from liandong.contracts import labels
from liandong.contracts.base import Event
from liandong.contracts.lint.walk import fields, models, vocabularies

_PACKAGE = "liandong.contracts."


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield what nobody has labelled."""
    if not contract.__module__.startswith(_PACKAGE):
        return
    for kind in (*models(contract), *vocabularies(contract)):
        if not _given(labels.of_class, kind):
            yield f"{kind.__name__} has no label"
    for field in fields(contract):
        if not _given(labels.of_field, field.model, field.name):
            yield f"{field} has no label"
    for vocabulary in vocabularies(contract):
        for code in vocabulary:
            if not _given(labels.of_code, code):
                yield f"{vocabulary.__name__}.{code.name} has no label"


def _given(look_up: Any, *arguments: Any) -> bool:
    try:
        label: labels.Label = look_up(*arguments)
    except KeyError:
        return False
    return bool(label.en and label.zh)
