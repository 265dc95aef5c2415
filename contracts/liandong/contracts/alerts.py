"""Alerts to the public, from the first one to its end: issued, updated, cancelled, acknowledged.

Standard: OASIS Common Alerting Protocol 1.2, in full. There is one contract for each thing that a
CAP message does (``msgType``), so that a subject says it; all of them have the fields of one CAP
``alert`` and the same key, so that they stay in order.
"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from liandong.contracts.alert_codes import AlertMessageType, AlertScope, AlertStatus
from liandong.contracts.alert_info import AlertId, AlertInfo, AlertReference, Line, Prose
from liandong.contracts.base import Event, Instant, Lane, Role, Text, Token, Value

AlertDocument = Annotated[str, Field(min_length=1, max_length=900_000)]
"""An XML document, at most 900,000 characters: what one message has room for."""


class _AlertFacts(Value):
    """One CAP ``alert``. Nothing published is ever edited: a change is a new message."""

    does: ClassVar[frozenset[AlertMessageType]]

    alert_key: Token
    """What an alert and all that is said of it later share: the ``identifier`` of the first of them
    as a token (`to_token`)."""
    incident_id: Token | None = None
    """The incident on the bus that it is about."""
    identifier: AlertId
    """CAP ``identifier``: with ``sender`` and ``sent`` it names the message for ever."""
    sender: AlertId
    """CAP ``sender``."""
    sent: Instant
    """CAP ``sent``, with its offset."""
    status: AlertStatus
    """CAP ``status``; what is not Actual never travels as live."""
    msg_type: AlertMessageType
    """CAP ``msgType``: what the message does, which is what its contract is for."""
    scope: AlertScope
    """CAP ``scope``."""
    source: Text | None = None
    """CAP ``source``: an operator or device."""
    restriction: Text | None = None
    """CAP ``restriction``: the rule that limits a Restricted alert."""
    addresses: Annotated[tuple[Line, ...], Field(max_length=500)] = ()
    """CAP ``addresses``: to whom a Private alert goes."""
    codes: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    """CAP ``code``: profiles and special handling."""
    note: Prose | None = None
    """CAP ``note``: why it was cancelled or is in error, or what an exercise is."""
    references: Annotated[tuple[AlertReference, ...], Field(max_length=500)] = ()
    """CAP ``references``: the earlier messages that this one is about."""
    incidents: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    """CAP ``incidents``: names of incidents, as the sender writes them."""
    info: Annotated[tuple[AlertInfo, ...], Field(max_length=50)] = ()
    """CAP ``info``, usually one a language."""
    original: AlertDocument | None = None
    """The CAP document that it came in, where one written from the fields would not be the same: it
    is signed (XML-DSig, over the whole ``alert``), holds a ``derefUri``, or spells something in its
    own way. ``<?given?>`` stands in it for each text that the fields give back as it was."""

    @model_validator(mode="after")
    def _does_what_its_contract_is_for(self) -> Self:
        if self.msg_type.recognised and self.msg_type not in self.does:
            expected = " or ".join(sorted(self.does))
            raise ValueError(f"msg_type is {self.msg_type}, not {expected}")
        return self

    @model_validator(mode="after")
    def _says_what_it_is_about(self) -> Self:
        if self.msg_type is not AlertMessageType.ALERT and not self.references:
            raise ValueError(f"msg_type is {self.msg_type} but references name no earlier message")
        return self

    @model_validator(mode="after")
    def _says_for_whom(self) -> Self:
        if self.scope is AlertScope.RESTRICTED and not self.restriction:
            raise ValueError(f"scope is {self.scope} but restriction is absent")
        if self.scope is AlertScope.PRIVATE and not self.addresses:
            raise ValueError(f"scope is {self.scope} but addresses are empty")
        return self


class AlertIssued(
    _AlertFacts,
    Event,
    event="alert.issued",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.ALERTING_AUTHORITY,
    key=("incident_id", "alert_key"),
):
    """An authority has alerted (a CAP Alert)."""

    does = frozenset({AlertMessageType.ALERT})


class AlertUpdated(
    _AlertFacts,
    Event,
    event="alert.updated",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.ALERTING_AUTHORITY,
    key=("incident_id", "alert_key"),
):
    """What an authority says now replaces the earlier messages that it names (a CAP Update)."""

    does = frozenset({AlertMessageType.UPDATE})


class AlertCancelled(
    _AlertFacts,
    Event,
    event="alert.cancelled",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.ALERTING_AUTHORITY,
    key=("incident_id", "alert_key"),
):
    """The earlier messages that it names do not hold any more (a CAP Cancel); ``note`` says why."""

    does = frozenset({AlertMessageType.CANCEL})


class AlertAcknowledged(
    _AlertFacts,
    Event,
    event="alert.acknowledged",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("incident_id", "alert_key"),
):
    """A receiver has taken the messages that it names (a CAP Ack), or refuses them (an Error).

    Taking a message is not acting on it. An Error says why in ``note``.
    """

    does = frozenset({AlertMessageType.ACK, AlertMessageType.ERROR})


AnyAlert = AlertIssued | AlertUpdated | AlertCancelled | AlertAcknowledged
"""A CAP message, whatever it does."""

ALERTS = (AlertIssued, AlertUpdated, AlertCancelled, AlertAcknowledged)
"""The contracts of all CAP messages, for who follows alerts to their end."""
