"""Ambulances over MQTT: their positions, states and answers come in, orders go out.

Protocol: MQTT 3.1.1 or 5.0, JSON payloads, topics and codes as data (`codecs.mapping`). States are
EIDO's (``PrimaryUnitStatus``, ``SecondaryUnitStatus``) beside the ambulance service's own. Not
carried: anything about the patient, which no mapping has a name for.

Beside the names of `sdk.readings` a mapping gives these:

    unit.status         texts unit, incident, order, hospital; codes primary, secondary;
                        times at, eta
"""

from liandong.adapters.codecs.mapping import Mapping, Reading
from liandong.adapters.sdk.document import Draft
from liandong.adapters.sdk.messages import MessageSettings, MessageSource
from liandong.adapters.sdk.mqtt_orders import MqttOrders, MqttOrderSettings
from liandong.adapters.sdk.readings import build, code, common, draft
from liandong.contracts import (
    Discipline,
    DocumentError,
    OrderReported,
    PrimaryUnitStatus,
    Reason,
    SecondaryUnitStatus,
    TelemetryGap,
    UnitPosition,
    UnitStatus,
    to_token,
)


class AmbulanceSettings(MessageSettings):
    """The ambulance service's broker, and what is read from it."""


class Ambulances(MessageSource[AmbulanceSettings]):
    """Says where ambulances are, what they are doing, and how far they are with their orders."""

    settings_type = AmbulanceSettings
    reads = (UnitPosition, UnitStatus, OrderReported)
    emits = (*reads, TelemetryGap)
    package = "liandong.adapters.medical"

    def say(self, mapping: Mapping, reading: Reading) -> Draft:
        """Return what a message says; a state that nobody mapped is refused."""
        if mapping.event == UnitStatus.event:
            return _unit_status(reading)
        return super().say(mapping, reading)


class AmbulanceOrderSettings(MqttOrderSettings):
    """The ambulance service's broker, and where its vehicles listen."""

    topic: str = "ambulances/{unit}/orders"
    """Where an order goes; ``{unit}`` is the unit that it names, else ``all``."""


class AmbulanceOrders(MqttOrders[AmbulanceOrderSettings]):
    """Publishes each order for this agency to the ambulance that must act."""

    settings_type = AmbulanceOrderSettings


def _unit_status(reading: Reading) -> Draft:
    primary, secondary = common(reading, "primary"), common(reading, "secondary")
    if primary is None:
        expected, found = "a state that the mapping knows", reading.codes["primary"].local
        raise DocumentError(
            UnitStatus.event, expected, where="primary", found=found, reason=Reason.UNMAPPED
        )
    tokens = {name: to_token(text) for name, text in reading.texts.items()}
    event = build(
        UnitStatus,
        reading,
        unit_id=tokens["unit"],
        unit_name=reading.texts["unit"][:200],
        discipline=Discipline.MEDICAL,
        primary_status=PrimaryUnitStatus(primary),
        secondary_status=SecondaryUnitStatus(secondary) if secondary else None,
        local_status=code(reading, "primary"),
        incident_id=tokens.get("incident"),
        order_id=tokens.get("order"),
        destination_facility_id=tokens.get("hospital"),
        eta=reading.times.get("eta"),
    )
    return draft(event, reading, reading.texts["unit"], at="at")
