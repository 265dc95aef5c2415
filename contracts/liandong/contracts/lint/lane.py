"""The lane fits what is said: what binds somebody travels with the orders, what is only ever
looked at in its latest state with the telemetry, all else with the events.
"""  # noqa: D205  the summary is one sentence over two lines

from collections.abc import Iterator
from typing import Any

from liandong.contracts.base import Event, Lane

_BINDING = {"order", "aid", "referral", "command", "plan"}


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield a lane that does not fit, and a key or state that the lane cannot work with."""
    thing = contract.event.partition(".")[0]
    if (contract.lane is Lane.ORDERS) != (thing in _BINDING):
        yield f"{thing} travels in {contract.lane}; what binds is {', '.join(sorted(_BINDING))}"
    if contract.lane is Lane.TELEMETRY and len(contract.key_fields) != 1:
        yield f"telemetry keeps the latest of one key field, not of {contract.key_fields}"
    if contract.event.endswith(".status") and not contract.state_of:
        yield "a status names in state_of whose state it is: under load only the latest counts"
    if missing := set(contract.state_of) - set(contract.model_fields):
        yield f"its state_of names {', '.join(sorted(missing))}, which it has not"
    if missing := set(contract.key_fields) - set(contract.model_fields):
        yield f"its key names {', '.join(sorted(missing))}, which it has not"
    elif not contract.model_fields[contract.key_fields[-1]].is_required():
        yield f"the last field of its key, {contract.key_fields[-1]}, may be absent"
