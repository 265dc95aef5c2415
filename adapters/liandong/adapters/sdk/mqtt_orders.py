"""Orders to units and stations over MQTT.

Protocol: MQTT 3.1.1 or 5.0, QoS 1, not retained. Direction: out. The payload is the order's whole
CloudEvents document, so a terminal sees its mode: a drill is told from the real thing. That the
broker has it is reported as received; the unit's own answers come in by a `MessageSource`.
"""

from typing import TypeVar, cast

from liandong.adapters.sdk.adapter import Settings
from liandong.adapters.sdk.document import Draft
from liandong.adapters.sdk.mqtt import MqttSettings, publish
from liandong.adapters.sdk.orders import OrderSink, receipt
from liandong.contracts import Envelope, OrderIssued


class MqttOrderSettings(Settings):
    """An agency's broker, and where its units listen."""

    mqtt: MqttSettings
    """The broker."""
    topic: str
    """Where an order goes; ``{unit}`` is the unit that it names, else ``all``."""


S = TypeVar("S", bound=MqttOrderSettings)


class MqttOrders(OrderSink[S]):
    """Publishes each order for this agency to the unit that must act."""

    async def deliver(self, envelope: Envelope) -> tuple[Draft]:
        """Publish one order; return its receipt by the broker.

        Raises:
            AgencyUnavailable: The broker does not answer, or nobody listens.
            NotPermitted: The broker refuses it.
        """
        order = cast("OrderIssued", envelope.data)
        topic = self.settings.topic.replace("{unit}", order.addressee.unit_id or "all")
        await publish(self.settings.mqtt, topic, envelope.encode())
        return (receipt(order, f"MQTT broker {self.settings.mqtt.host}"),)
