"""A posted form: what the public sees of it, and what the other agencies hear.

Pure: the same form under the same id says the same. Name, e-mail address and telephone number of
the person who posts stay in the adapter's journal; nothing here reads them.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from liandong.adapters.codecs.open311 import (
    OPEN,
    STANDARD,
    Attribute,
    Datatype,
    NewRequest,
    Service,
    ServiceDefinition,
    ServiceRequest,
)
from liandong.adapters.codecs.open311.read import Read
from liandong.adapters.municipal.settings import OfferedService, Question
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    Code,
    Discipline,
    DocumentError,
    IncidentReported,
    Location,
    Point,
    Precedence,
    ReferralOffered,
    ReferralUrgency,
    ServiceAttribute,
    to_token,
)

_ID = re.compile(r"(\d{14})-[0-9a-f]{8}\Z")
_ID_TIME = "%Y%m%d%H%M%S"
_CODES = "Open311 service_code"
_MAX_ADDRESS, _MAX_ANSWER, _MAX_ANSWERS, _MAX_URL = 500, 4000, 100, 2000

_PRECEDENCE = {
    ReferralUrgency.EMERGENCY: Precedence.IMMEDIATE,
    ReferralUrgency.URGENT: Precedence.PRIORITY,
    ReferralUrgency.ROUTINE: Precedence.ROUTINE,
}


def new_id(now: datetime) -> str:
    """Return an id for a request that came now: its second in UTC, and eight random digits."""
    return f"{now.astimezone(UTC):{_ID_TIME}}-{secrets.token_hex(4)}"


def requested_at(request_id: str) -> datetime | None:
    """Return when the request of an id came, to the second; None where it is no id of ours."""
    found = _ID.match(request_id)
    return datetime.strptime(found[1], _ID_TIME).replace(tzinfo=UTC) if found else None


def listed(service: OfferedService) -> Service:
    """Return a service as the service list has it."""
    return Service(
        service_code=service.code,
        service_name=service.name,
        metadata=bool(service.questions),
        type=service.type,
        description=service.description,
        keywords=service.keywords,
        group=service.group,
    )


def defined(service: OfferedService) -> ServiceDefinition:
    """Return a service with its questions, in their order in the settings."""
    return ServiceDefinition(
        service.code,
        tuple(
            Attribute(
                code=question.code,
                datatype=question.datatype,
                required=question.required,
                order=order,
                description=question.description,
                values=question.values,
            )
            for order, question in enumerate(service.questions, start=1)
        ),
    )


def check(new: NewRequest, service: OfferedService) -> None:
    """Check a form against the service that it asks for.

    Raises:
        DocumentError: A required answer is missing, one is not among those to choose from, there
            are more than the question takes, or the ``media_url`` is longer than 2,000 characters.
    """
    if len(new.media_url or "") > _MAX_URL:
        raise DocumentError(STANDARD, f"at most {_MAX_URL} characters", where="form.media_url")
    for question in service.questions:
        _check_answer(question, new.attributes.get(question.code, ()))


def _check_answer(question: Question, answers: tuple[str, ...]) -> None:
    where = f"attribute[{question.code}]"
    if question.required and not answers:
        raise DocumentError(STANDARD, "an answer", where=where, found="nothing")
    most = _MAX_ANSWERS if question.datatype is Datatype.MULTIVALUELIST else 1
    if len(answers) > most:
        raise DocumentError(STANDARD, f"at most {most}", where=where, found=f"{len(answers)}")
    if question.values and (strange := set(answers) - set(question.values)):
        choices = f"one of {', '.join(question.values)}"
        raise DocumentError(STANDARD, choices, where=where, found=", ".join(sorted(strange)))


def public(
    new: NewRequest, service: OfferedService, request_id: str, requested: datetime
) -> ServiceRequest:
    """Return what the public sees of a new request."""
    return ServiceRequest(
        service_request_id=request_id,
        status=OPEN,
        service_code=service.code,
        service_name=service.name,
        description=new.description,
        service_notice=service.notice,
        requested_datetime=requested,
        updated_datetime=requested,
        expected_datetime=_expected(service, requested),
        address=new.address_string,
        address_id=new.address_id,
        lat=new.lat,
        long=new.long,
        media_url=new.media_url,
    )


def drafts(
    read: Read[NewRequest], service: OfferedService, request_id: str, requested: datetime
) -> Iterator[Draft]:
    """Yield what goes on the bus: a referral, an incident or nothing, as the service's data say.

    Answers to questions that the service does not ask stay in the original.
    """
    if service.refer_to:
        event = _referral(read.value, service, service.refer_to, request_id, requested)
        precedence = _PRECEDENCE[service.urgency]
    elif service.publish:
        event, precedence = (
            _incident(read.value, service, request_id, requested),
            Precedence.ROUTINE,
        )
    else:
        return
    yield Draft(
        event,
        identity=("request", request_id),
        time=requested,
        precedence=precedence,
        defects=read.defects,
    )


def _referral(
    new: NewRequest,
    service: OfferedService,
    to_service: Discipline,
    request_id: str,
    requested: datetime,
) -> ReferralOffered:
    return ReferralOffered(
        referral_id=to_token(request_id),
        service_request_id=request_id,
        from_service=Discipline.MUNICIPAL,
        to_service=to_service,
        service_code=service.code,
        service_name=service.name,
        attributes=tuple(
            ServiceAttribute(code=question.code, values=tuple(a[:_MAX_ANSWER] for a in answers))
            for question in service.questions
            if (answers := new.attributes.get(question.code))
        ),
        urgency=service.urgency,
        summary=service.name,
        description=new.description,
        location=_location(new),
        requested_datetime=requested,
        expected_datetime=_expected(service, requested),
        media_url=new.media_url,
    )


def _incident(
    new: NewRequest, service: OfferedService, request_id: str, requested: datetime
) -> IncidentReported:
    return IncidentReported(
        incident_id=to_token(request_id),
        local_type=Code(local=service.code, system=_CODES, text=service.name),
        disciplines=(Discipline.MUNICIPAL,),
        location=_location(new),
        summary=service.name,
        description=new.description,
        received=requested,
    )


def _location(new: NewRequest) -> Location:
    point = None if new.lat is None or new.long is None else Point.at(new.long, new.lat)
    address = new.address_string or (f"address {new.address_id}" if new.address_id else None)
    return Location(point=point, address=address and address[:_MAX_ADDRESS])


def _expected(service: OfferedService, requested: datetime) -> datetime | None:
    hours = service.expected_hours
    return None if hours is None else requested + timedelta(hours=hours)
