"""What a plan's file is made of: whom it calls upon, and what it says at which grade."""

from typing import Annotated

from pydantic import Field

from liandong.contracts import (
    Addressee,
    AgencyName,
    AlertCategory,
    Area,
    Certainty,
    CommandTier,
    IncidentCategory,
    IncidentType,
    PlanPart,
    PostKind,
    Precedence,
    ReportForm,
    ReportStage,
    ResourceType,
    ResponseGrade,
    Token,
    Urgency,
    WarningColour,
)
from liandong.response.plan_words import Contact, ItemId, Part, Sentences, Span, Words


class _AtGrades(Part):
    """Something that a plan has at some of its grades."""

    grades: tuple[ResponseGrade, ...] = ()
    """The response levels at which it holds; all of the plan's where none is named."""

    def holds_at(self, level: ResponseGrade) -> bool:
        """Say whether it holds at a level of its plan."""
        return not self.grades or level in self.grades


class Trigger(Part):
    """What a plan is for."""

    category: IncidentCategory
    """The category of emergency (GB/T 35561-2017)."""
    grades: Annotated[tuple[ResponseGrade, ...], Field(min_length=1)]
    """The grades that it can be activated at, and follows."""
    incident_types: tuple[IncidentType, ...] = ()
    """The kinds within the category; any, where none is named."""
    areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    """Where, each area with everything inside it."""
    propose: bool = False
    """Whether it is proposed to people where a classified incident fits it."""


class Decider(_AtGrades):
    """Who puts the plan into force."""

    agency: AgencyName
    """The agency whose decision it is: it borrows what the plan asks for, and proposes its
    alerts."""
    role: Words
    """The role that decides."""
    tier: CommandTier
    """The tier of command that decides."""


class CalledAgency(_AtGrades):
    """An agency that a plan calls upon."""

    agency: AgencyName
    """The agency."""
    part: PlanPart
    """Whether it leads, supports or stands by; one leads at each grade."""
    duty: Words | None = None
    """What it answers for."""
    contact_role: Words
    """The role to reach there."""
    contact: Contact | None = None
    """How to reach the role."""


class PlannedPost(_AtGrades):
    """A command post that is set up."""

    id: ItemId
    """What it is called: unique in the plan."""
    kind: PostKind
    """General, forward or on-scene."""
    name: Words
    """What people call it."""
    tier: CommandTier
    """The tier of command that sets it up."""
    agency: AgencyName
    """The agency that commands there."""
    role: Words
    """The role of its address."""
    place: Words
    """Where it stands."""
    contact: Contact | None = None
    """How to reach it."""
    member_agencies: tuple[AgencyName, ...] = ()
    """The agencies that sit in it, besides the one that commands."""
    superior: ItemId | None = None
    """The post of this plan that commands it."""


class Recipient(Part):
    """Whom an order is for."""

    agency: AgencyName
    """The agency that must act."""
    unit_id: Token | None = None
    """The unit that must act, where it is one unit."""
    role: Words | None = None
    """The role that must act there."""

    @property
    def addressee(self) -> Addressee:
        """The same as an order has it."""
        role = self.role.line if self.role else None
        return Addressee(agency=self.agency, unit_id=self.unit_id, role=role)


class FirstOrder(_AtGrades):
    """An order that is issued at once."""

    id: ItemId
    """What it is called: unique in the plan."""
    to: Recipient
    """Who must act."""
    action: Token
    """What to do, as a word that systems know: ``dispatch``, ``close_road``, ``evacuate``."""
    text: Words
    """What to do."""
    instructions: Sentences | None = None
    """How to do it."""
    place: Words | None = None
    """Where to do it."""
    precedence: Precedence = Precedence.IMMEDIATE
    """How soon people must look at it."""
    receipt: Span | None = None
    """Within what a machine of the addressee must have it."""
    accept: Span | None = None
    """Within what a person must have accepted or refused it."""
    complete: Span | None = None
    """Within what it must be done."""
    next_in_line: tuple[Recipient, ...] = ()
    """Who is asked next, in order, when nobody answers."""


class Need(Part):
    """One line of a request for aid."""

    name: Words
    """What is needed."""
    resource_type: ResourceType | None = None
    """Its kind in the codes that dispatch systems share."""
    amount: Annotated[int, Field(ge=1, le=1_000_000)]
    """How much."""
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """The unit of measure (UCUM); absent where pieces, vehicles or teams are counted."""


class AidToAsk(_AtGrades):
    """Aid that is asked for at once."""

    id: ItemId
    """What it is called: unique in the plan."""
    agencies: tuple[AgencyName, ...] = ()
    """The agencies that are asked."""
    regions: tuple[Token, ...] = ()
    """The regions that are asked as a whole; with no agency and no region named, everyone is."""
    needs: Annotated[tuple[Need, ...], Field(min_length=1, max_length=50)]
    """What is needed."""
    answer: Span
    """Within what an answer is of use."""


class ReportToFile(_AtGrades):
    """A report that is due."""

    id: ItemId
    """What it is called: unique in the plan."""
    stage: ReportStage
    """First, follow-up or final."""
    number: Annotated[int, Field(ge=1, le=99)] = 1
    """Its number in the series: the first report is 1."""
    form: ReportForm = ReportForm.WRITTEN
    """By telephone or in writing."""
    reporter: AgencyName
    """The agency that reports."""
    to_tier: CommandTier
    """The tier of command that it goes to."""
    to_agencies: tuple[AgencyName, ...] = ()
    """The agencies there that receive it."""
    due: Span
    """Within what it must be filed."""
    rule: Words | None = None
    """The rule that asks for it."""


class AlertToPropose(_AtGrades):
    """An alert to the public that is proposed to who may issue it."""

    id: ItemId
    """What it is called: unique in the plan."""
    to: AgencyName
    """The alerting authority that decides."""
    decide: Span
    """Within what it should decide."""
    colour: WarningColour
    """The warning colour proposed."""
    categories: Annotated[tuple[AlertCategory, ...], Field(min_length=1, max_length=20)]
    """CAP ``category``."""
    event: Words
    """CAP ``event``: the hazard in a few words."""
    urgency: Urgency
    """CAP ``urgency``."""
    certainty: Certainty
    """CAP ``certainty``."""
    expires: Span
    """After what it would lapse."""
    areas: tuple[Area, ...] = ()
    """The areas to be warned; where the plan was activated, where none is named."""
    headline: Words
    """CAP ``headline``."""
    instruction: Sentences | None = None
    """CAP ``instruction``: what the public should do."""


class StepDown(Part):
    """What happens to what a milder level does not call for. What has begun always goes on."""

    cancel_unaccepted: bool = False
    """Whether orders that nobody has accepted are cancelled."""


class Ends(Part):
    """What ends the plan, besides a person who ends its response."""

    when: Words
    """When it should end, for people."""
    with_incident: bool = False
    """Whether it ends by itself when its incident is cleared."""
    cancel_unaccepted: bool = False
    """Whether orders that nobody has accepted are then cancelled."""
    close_posts: bool = False
    """Whether its command posts are then closed."""
