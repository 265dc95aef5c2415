"""MQTT messages read through mapping files: what vehicles, sensors and stations share.

One topic pattern has one mapping. Its columns are the topic's named parts (``{unit}``) and the
payload's JSON pointers (``/gps/lat``). A message that carries no time takes that of its receipt,
and a defect says so: sent to us twice, it counts twice.
"""

from collections.abc import AsyncIterator
from functools import cached_property
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from liandong.adapters.codecs import topics
from liandong.adapters.codecs.mapping import Mapping, Reading
from liandong.adapters.sdk.adapter import Settings, Source
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.gaps import gap_document, gap_draft, is_gap
from liandong.adapters.sdk.mappings import named_mapping
from liandong.adapters.sdk.mqtt import MqttSettings, messages
from liandong.adapters.sdk.readings import (
    assume_time,
    observation_recorded,
    order_reported,
    unit_position,
)
from liandong.adapters.sdk.unread import Unread
from liandong.bus.overload import Shedding, shedding_of
from liandong.contracts import (
    DocumentError,
    Event,
    ObservationRecorded,
    OrderReported,
    Reason,
    TelemetryGap,
    UnitPosition,
)

_PEER = "mqtt:"


class TopicSettings(BaseModel):
    """Which messages are read, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    pattern: str
    """The topic, with ``{name}`` for a part that the mapping reads, ``+`` for any other."""
    mapping: str
    """The mapping file: a path, or the name of a shipped one."""

    @field_validator("pattern")
    @classmethod
    def _subscribable(cls, pattern: str) -> str:
        topics.subscription(pattern)
        return pattern


class MessageSettings(Settings):
    """A broker, and what is read from it."""

    mqtt: MqttSettings
    """The broker."""
    topics: tuple[TopicSettings, ...] = Field(min_length=1)
    """What is read; where two patterns fit a topic, the first one counts."""


S = TypeVar("S", bound=MessageSettings)


class MessageSource(Source[S]):
    """Reads messages: positions, observations, and how far orders are.

    Attributes:
        reads: The contracts that its mappings may be for.
        package: The package whose ``mappings`` folder holds the shipped mapping files.
    """

    reads: ClassVar[tuple[type[Event], ...]] = (UnitPosition, ObservationRecorded, OrderReported)
    emits = (*reads, TelemetryGap)
    package: ClassVar[str]

    async def documents(self) -> AsyncIterator[Document]:
        """Yield messages until the connection is lost; a retained report on an order is dropped.

        Positions and observations of QoS 0 give way while more come than the bus takes; what was
        left out comes as a document of its own.

        Raises:
            AgencyUnavailable: The broker does not answer, refuses us, or the connection was lost.
            NotPermitted: It refuses a subscription.
            ConfigurationError: A mapping cannot be used.
        """
        filters = [topics.subscription(pattern) for pattern, _ in self._rules]
        settings = self.settings
        async for message in messages(
            settings.mqtt, settings.name, filters, self.ready, self.unread
        ):
            if isinstance(message, TelemetryGap):
                yield gap_document(message)
            elif message.retained and self._is_order(message.topic):
                await message.accept()  # nobody says when it was true: it could answer a new order
            else:
                yield message

    def translate(self, document: Document) -> tuple[Draft]:
        """Return the one event that a message is.

        Raises:
            DocumentError: Its payload cannot be read, or lacks what the mapping requires.
        """
        if is_gap(document):
            return (gap_draft(document),)
        return (self.say(*self.read(document)),)

    def say(self, mapping: Mapping, reading: Reading) -> Draft:
        """Return what a message says, by the contract that its mapping is for.

        Raises:
            DocumentError: It lacks what the contract cannot do without.
        """
        match mapping.event:
            case UnitPosition.event:
                return unit_position(reading)
            case ObservationRecorded.event:
                return observation_recorded(reading)
            case _:
                return order_reported(reading, self.settings)

    def read(self, document: Document) -> tuple[Mapping, Reading]:
        """Return the mapping of a message's topic, and what the message says by its names.

        Raises:
            DocumentError: No pattern fits the topic, or the payload cannot be read.
        """
        topic = document.peer.removeprefix(_PEER)
        if (rule := self._rule(topic)) is None:  # a subscription that the session has from before
            expected = "a topic of the settings"
            raise DocumentError(topics.STANDARD, expected, found=topic, reason=Reason.UNMAPPED)
        mapping, fields = rule
        fields |= topics.read_payload(document.body)
        reading = mapping.read(fields, zone=self.settings.zone)
        assume_time(reading, document.received)
        return mapping, reading

    def _rule(self, topic: str) -> tuple[Mapping, dict[str, str]] | None:
        for pattern, mapping in self._rules:
            if (parts := topics.match(pattern, topic)) is not None:
                return mapping, parts
        return None

    def _is_order(self, topic: str) -> bool:
        rule = self._rule(topic)
        return rule is not None and rule[0].event == OrderReported.event

    def _telemetry(self, topic: str) -> str:
        """Return the contract of a topic's telemetry; empty where the topic brings none."""
        may_give_way = {c.event for c in self.reads if shedding_of(c) is Shedding.OLDEST}
        rule = self._rule(topic)
        return rule[0].event if rule and rule[0].event in may_give_way else ""

    @cached_property
    def unread(self) -> Unread:
        """The messages that wait to be taken."""
        return Unread(self._telemetry, self.health.counters)

    @cached_property
    def _rules(self) -> list[tuple[str, Mapping]]:
        return [
            (topic.pattern, named_mapping(self.package, topic.mapping, *self.reads))
            for topic in self.settings.topics
        ]
