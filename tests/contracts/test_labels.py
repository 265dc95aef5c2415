"""Every contract, part, field and code has a name in English and in Chinese."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import BaseModel

import liandong.contracts
from liandong.contracts import AlarmName, Event, Value, Vocabulary, labels
from liandong.contracts.labels import Label

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FOLDER = Path(str(files(labels)))
MODULES = sorted(
    {
        kind.__module__
        for kind in (getattr(liandong.contracts, name) for name in liandong.contracts.__all__)
        if isinstance(kind, type) and issubclass(kind, (Value, Vocabulary))
    }
)


def kinds(module: str) -> list[type[BaseModel] | type[Vocabulary]]:
    """Return the public models and code lists that a module of contracts declares."""
    return [
        kind
        for kind in (getattr(liandong.contracts, name) for name in liandong.contracts.__all__)
        if isinstance(kind, type)
        and issubclass(kind, (BaseModel, Vocabulary))
        and kind.__module__ == module
        and kind not in BASES
    ]


BASES = {Value, Vocabulary, Event}


def expected(module: str) -> Iterator[tuple[str, Label | None]]:
    """Yield what must be labelled, and how it is."""
    for kind in kinds(module):
        yield kind.__name__, found(labels.of_class, kind)
        if issubclass(kind, Vocabulary):
            yield from ((f"{kind.__name__}.{m.name}", found(labels.of_code, m)) for m in kind)
        else:
            for name in kind.model_fields:
                yield f"{kind.__name__}.{name}", found(labels.of_field, kind, name)


def found(look_up: object, *arguments: object) -> Label | None:
    """Return a label, or None where nobody has given one."""
    assert callable(look_up)
    try:
        return look_up(*arguments)
    except KeyError:
        return None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.rpartition(".")[2])
def test_everything_is_labelled_in_both_languages(module: str) -> None:
    """An operator never meets a name that only programmers know."""
    missing = [name for name, label in expected(module) if label is None]
    assert missing == []
    half = [
        name
        for name, label in expected(module)
        if label and not (label.en.strip() and len(label.en) <= 60 and len(label.zh) <= 30)
    ]
    assert half == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.rpartition(".")[2])
def test_every_class_and_field_is_explained_in_chinese(module: str) -> None:
    """The reference in Chinese says as much as the one in English."""
    unexplained = [
        name
        for kind in kinds(module)
        for name, label in [(kind.__name__, labels.of_class(kind))]
        + [
            (f"{kind.__name__}.{field}", labels.of_field(kind, field))
            for field in getattr(kind, "model_fields", ())
        ]
        if not CHINESE.search(label.meaning_zh)
    ]
    assert unexplained == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_no_label_is_left_over(path: Path) -> None:
    """A field that was renamed takes its label along."""
    module = __import__(f"liandong.contracts.{path.stem}", fromlist=["_"])
    for name, table in tomllib.loads(path.read_text("utf-8")).items():
        kind = getattr(module, name)
        members = kind.__members__ if issubclass(kind, Vocabulary) else kind.__annotations__
        assert set(table) - set(members) <= {labels.SELF}, name


@pytest.mark.parametrize("alarm", list(AlarmName))
def test_an_alarm_says_what_to_do_in_both_languages(alarm: AlarmName) -> None:
    """Nobody on duty has to ask what an alarm wants of him."""
    label = labels.of_code(alarm)
    assert label.mend_en.endswith(".")
    assert CHINESE.search(label.mend_zh)
