"""Supplies: how much of an item a depot has, and how much of that may be promised.

Terms: OASIS EDXL-RM 1.0 ``Resource``, its ``Quantity`` and ``UnitOfMeasure``.
"""

from typing import Self

from pydantic import model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Text,
    Token,
    Vocabulary,
)
from liandong.contracts.codes import Quantity
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName

_ROUNDING = 1e-9  # of the stock: what sums of decimal fractions are out by, and much more


class SupplyCategory(Vocabulary):
    """What an item is for."""

    RESCUE_TOOLS = "rescue_tools"
    FIRE_FIGHTING = "fire_fighting"
    FLOOD_CONTROL = "flood_control"
    PROTECTION = "protection"
    HAZMAT = "hazmat"  # stopping leaks, soaking up, decontamination
    MEDICAL = "medical"
    SANITATION = "sanitation"
    FOOD = "food"
    DRINKING_WATER = "drinking_water"
    CLOTHING_AND_BEDDING = "clothing_and_bedding"
    TENTS = "tents"
    POWER_AND_LIGHT = "power_and_light"
    FUEL = "fuel"
    COMMUNICATIONS = "communications"
    TRANSPORT = "transport"
    TRAFFIC_CONTROL = "traffic_control"


class SupplyStatus(
    Event,
    event="supply.status",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("stock_id",),
    state_of=("stock_id",),
):
    """A depot says how much of one item it has. Each status replaces the last one of that stock."""

    stock_id: Token
    """One item at one depot (EDXL-RM ``ResourceID`` as a token)."""
    item_name: ShortText
    """EDXL-RM ``Name``: what it is, in words."""
    available_quantity: Quantity
    """What may be promised, in ``quantity_unit``: never of the reserve, nor what is allocated."""
    stock_quantity: Quantity
    """EDXL-RM ``Quantity``: all that lies there, in ``quantity_unit``."""
    reserve_quantity: Quantity = 0
    """What must stay, in ``quantity_unit``; a stock below it has nothing to promise."""
    allocated_quantity: Quantity = 0
    """What lies there still and is promised already, in ``quantity_unit``."""
    quantity_unit: ShortText
    """EDXL-RM ``UnitOfMeasure`` of every quantity here: ``piece``, ``t``, ``L``."""
    last_update: Instant
    """EDXL-RM ``InventoryRefreshDateTime``: when the quantities were true."""
    category: SupplyCategory | None = None
    """What it is for."""
    local_type: Code | None = None
    """EDXL-RM ``TypeStructure``: its type in the keeper's list, such as GB/T 38565-2020."""
    expires: Instant | None = None
    """When the first of the stock can be used no more."""
    depot_id: Token | None = None
    """The depot."""
    depot_name: ShortText | None = None
    """What people call the depot."""
    location: Location | None = None
    """Where the depot is."""
    owned_by: AgencyName | None = None
    """EDXL-RM ``Owner``: whose it is, where that is not the one who speaks."""
    contact_role: ShortText | None = None
    """Whom to ask there, as a role: ``depot duty officer``; never a person."""
    restrictions: Text | None = None
    """EDXL-RM ``Restrictions``: who may have it and on what terms, naming nobody."""

    @model_validator(mode="after")
    def _promises_nothing_twice(self) -> Self:
        stock, reserve = self.stock_quantity, self.reserve_quantity
        allocated, available = self.allocated_quantity, self.available_quantity
        kept = reserve if available else 0
        if kept + allocated + available > stock * (1 + _ROUNDING):
            raise ValueError(
                f"available_quantity {available}, allocated_quantity {allocated} and"
                f" reserve_quantity {reserve} with stock_quantity {stock}"
            )
        return self
