"""Fire vehicles, sensors and stations over MQTT -> positions, observations, reports on orders.

Protocol: MQTT 3.1.1 or 5.0, JSON payloads, topics and pointers as data (`codecs.topics`,
`codecs.mapping`). Direction: in. Observations follow SensorThings 1.1, positions Cursor-on-Target.
Not carried: binary payloads, batches, and what the mapping does not name.
"""

from liandong.adapters.sdk.messages import MessageSettings, MessageSource


class TelemetrySettings(MessageSettings):
    """The fire service's broker, and what is read from it."""


class Telemetry(MessageSource[TelemetrySettings]):
    """Says where vehicles are, what sensors measure, and how far stations are with their orders."""

    settings_type = TelemetrySettings
    package = "liandong.adapters.fire"
