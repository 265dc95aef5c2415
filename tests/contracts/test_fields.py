"""The fields that may name people: marked, and no other. What else a field must be, lint says."""

from collections.abc import Iterator
from typing import Any, cast

from liandong.contracts import contract
from liandong.contracts.examples import examples

SCHEMAS = {name: contract(name).model_json_schema() for name in examples()}
Schema = dict[str, Any]


def objects(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the event's own object and every part's, by title."""
    yield schema["title"], schema
    for title, part in schema.get("$defs", {}).items():
        if "properties" in part:
            yield title, part


def fields() -> Iterator[tuple[str, Schema, str, Schema]]:
    """Yield every field of every contract once: its full name, object, name and schema."""
    seen: set[str] = set()
    for event, schema in SCHEMAS.items():
        for title, part in objects(schema):
            for name, field in part["properties"].items():
                full_name = f"{event if part is schema else title}.{name}"
                if full_name not in seen:
                    seen.add(full_name)
                    yield full_name, part, name, field


def leaves(schema: Schema) -> Iterator[Schema]:
    """Yield the plain types that a field can hold, through unions and arrays."""
    inner = schema.get("anyOf", []) + schema.get("prefixItems", [])
    inner += [schema[name] for name in ("items", "additionalProperties") if name in schema]
    nested = [one for one in inner if isinstance(one, dict)]
    yield schema
    for one in cast("list[Schema]", nested):
        yield from leaves(one)


FIELDS = list(fields())


AID = [name for name in SCHEMAS if name.startswith("aid.")]
RESTRICTED = {
    *(f"{name}.{field}" for name in AID for field in ("contacts", "description")),
    "AidResource.description",
    "AidResource.responsible",
    "AssignmentInstructions.reporting",
    "IncidentReference.description",
    "command.commander_handed_over.v1.briefing",
    "exercise.ended.v1.evaluation",
    "incident.cleared.v1.report",
    "incident.linked.v1.reason",
    "incident.merged.v1.reason",
    "incident.ownership_offered.v1.reason",
    "incident.ownership_refused.v1.reason",
    "incident.participant_left.v1.reason",
    "incident.reopened.v1.reason",
    "incident.reported.v1.description",
    "incident.split.v1.reason",
    "incident.updated.v1.description",
    "incident.updated.v1.note",
    "order.cancelled.v1.reason",
    "order.issued.v1.instructions",
    "order.reported.v1.reason",
    "referral.accepted.v1.service_notice",
    "referral.accepted.v1.status_notes",
    "referral.closed.v1.status_notes",
    "referral.disputed.v1.reason",
    "referral.offered.v1.description",
    "referral.progressed.v1.service_notice",
    "referral.progressed.v1.status_notes",
    "referral.returned.v1.reason",
    "report.filed.v1.body",
    "report.filed.v1.cause",
    "report.filed.v1.measures",
    "report.filed.v1.outlook",
    "risk.assessed.v1.report",
    "risk.clue_reported.v1.details",
    "Commander.person",
    "RejectedFault.found",
    "RiskOpinion.reason",
    "ServiceAttribute.values",
}


def test_free_text_that_may_name_people_is_marked() -> None:
    """Clearance goes by this mark: a field gains or loses it on purpose only."""
    marked = {
        full_name
        for full_name, _, _, field in FIELDS
        if any(leaf.get("restricted") for leaf in leaves(field))
    }
    assert marked == RESTRICTED
