"""Whether an agency is on the bus, as the bus sees it."""

from liandong.contracts.base import Event, Instant, Lane, Role, ShortText, Token, Value, Vocabulary
from liandong.contracts.codes import Count, Seconds
from liandong.contracts.subjects import AgencyName


class _AgencyFacts(Value):
    """Which agency it is."""

    agency: AgencyName
    """The agency."""
    agency_key: Token
    """``agency`` as a token (`to_token`)."""


class AgencyOnline(
    _AgencyFacts,
    Event,
    event="agency.online",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("agency_key",),
):
    """An agency has come onto the bus, or back."""

    since: Instant
    """From when."""
    offline_s: Seconds | None = None
    """For how long it was away, in seconds; absent the first time."""
    waiting_count: Count | None = None
    """Messages that waited for it and are now delivered."""
    program: ShortText | None = None
    """The program it speaks through and its version, where it said so."""


class OfflineCause(Vocabulary):
    """Why an agency is off the bus."""

    LEFT = "left"  # it said goodbye
    SILENT = "silent"  # connected, but it has said nothing for too long
    DISCONNECTED = "disconnected"  # its connection broke
    REFUSED = "refused"  # its credentials are not taken, or no more


class AgencyOffline(
    _AgencyFacts,
    Event,
    event="agency.offline",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("agency_key",),
):
    """An agency is off the bus: what is sent to it waits, and deadlines of orders run on."""

    since: Instant
    """When it was last heard of."""
    cause: OfflineCause
    """Why."""
    detail: ShortText | None = None
    """What the broker said of it."""
    open_order_count: Count | None = None
    """Orders to it that are not done."""
