"""Orders to fire stations over MQTT (`sdk.mqtt_orders`)."""

from liandong.adapters.sdk.mqtt_orders import MqttOrders, MqttOrderSettings


class StationOrderSettings(MqttOrderSettings):
    """The fire service's broker, and where its stations listen."""

    topic: str = "fire/orders/{unit}"
    """Where an order goes; ``{unit}`` is the unit that it names, else ``all``."""


class StationOrders(MqttOrders[StationOrderSettings]):
    """Publishes each order for this agency to the station that must act."""

    settings_type = StationOrderSettings
