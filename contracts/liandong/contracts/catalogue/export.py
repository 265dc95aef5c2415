"""Everything that other languages and tools need, as files: what ``make schemas`` checks in."""

import json
from collections.abc import Iterator
from typing import Any

from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.asyncapi import asyncapi
from liandong.contracts.catalogue.index import index
from liandong.contracts.catalogue.schema import (
    ENVELOPE,
    Dialect,
    data_schema,
    envelope_schema,
    for_readers,
)
from liandong.contracts.catalogue.words import words
from liandong.contracts.examples import example

INDEX = "catalogue.json"
READER = "reader"


def documents() -> dict[str, str]:
    """Return the content of each generated file by its path.

    ``2020-12/`` and ``draft-07/`` hold what a publisher may write: a file for each contract and
    version and one for the envelope. ``reader/`` holds what a reader must be ready for, in
    draft-07. ``catalogue.json`` lists the contracts, ``labels.json`` says what everything is called
    in two languages, ``asyncapi.json`` describes it all as channels.
    """
    return {path: _text(document) for path, document in _documents()}


def with_examples() -> dict[str, str]:
    """Return `documents`, and in ``examples/`` one whole message of every contract."""
    shown = {f"examples/{name}.json": _text(example(name)) for name in contracts()}
    return documents() | shown


def _documents() -> Iterator[tuple[str, Any]]:
    yield INDEX, index()
    yield "labels.json", words()
    yield "asyncapi.json", asyncapi()
    for dialect in Dialect:
        yield f"{dialect}/{ENVELOPE}.json", envelope_schema(dialect)
        for name, event in contracts().items():
            yield f"{dialect}/{name}.json", data_schema(event, dialect)
    yield f"{READER}/{ENVELOPE}.json", for_readers(envelope_schema(Dialect.DRAFT_07))
    for name, event in contracts().items():
        yield f"{READER}/{name}.json", for_readers(data_schema(event, Dialect.DRAFT_07))


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
