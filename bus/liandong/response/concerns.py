"""Which concerns there are: where each is found, or what builds it with its default settings.

A concern is imported when it is asked for, so a list of their names costs nothing.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from liandong.response.concern import Concern

PLACES: Mapping[str, str] = {
    "aid": "liandong.response.aid:mutual_aid",
    "aid_ledger": "liandong.response.aid_ledger:aid_ledger",
    "clocks": "liandong.response.clocks:clocks",
    "drills": "liandong.response.drills:drills",
    "incidents": "liandong.response.incidents:INCIDENTS",
    "orders": "liandong.response.orders:ORDERS",
    "plans": "liandong.response.plans:plans",
    "referrals": "liandong.response.referrals:referrals",
    "registers": "liandong.response.registers:registers",
    "reports": "liandong.response.reports:reports",
    "warnings": "liandong.response.early_warning:warnings",
}
"""``module:name`` of a `Concern`, or of a function that needs no argument to build one, by the name
of the concern."""


def concern(name: str) -> Concern[Any]:
    """Return a concern, with its default settings.

    Raises:
        KeyError: There is none of that name.
    """
    module, _, attribute = PLACES[name].partition(":")
    found: Any = getattr(import_module(module), attribute)
    return cast("Concern[Any]", found if isinstance(found, Concern) else found())
