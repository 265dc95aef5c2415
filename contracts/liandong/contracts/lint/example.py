"""Every contract has a golden example that is strictly valid and comes back from the wire equal."""

import json
from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.envelope import Envelope
from liandong.contracts.errors import ContractError


def check(contract: type[Event], example: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the example."""
    if example.get("type") != contract.type_name():
        yield f"the example is one of {example.get('type')}"
        return
    try:
        envelope = Envelope.from_document(example, strict=True)
    except ContractError as error:
        yield f"the example is not valid: {error}"
        return
    written = json.loads(envelope.encode())
    if Envelope.from_document(written, strict=True) != envelope:
        yield "the example does not come back from the wire equal"
    optional = {name for name, f in contract.model_fields.items() if not f.is_required()}
    if optional - {"provenance"} and not optional & set(example["data"]):
        yield "the example shows none of the optional fields"
