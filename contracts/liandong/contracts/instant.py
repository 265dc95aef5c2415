"""Moments, checked without a call into Python: nearly every event has one or more."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class _Rfc3339:
    """Takes no seconds or milliseconds, which pydantic would guess a time from.

    Nor a moment whose UTC lies outside the years 1 to 9999: it could not be written in UTC.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        del source, handler
        written = core_schema.str_schema(pattern="(?s).-", strict=True)
        made = core_schema.is_instance_schema(datetime)
        no_number = core_schema.json_or_python_schema(
            written, core_schema.union_schema([made, written])
        )
        aware = core_schema.datetime_schema(
            tz_constraint="aware",
            ge=datetime.min.replace(tzinfo=UTC),
            le=datetime.max.replace(tzinfo=UTC),
        )
        return core_schema.chain_schema(
            [core_schema.custom_error_schema(no_number, "datetime_type"), aware]
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        del schema
        return handler(core_schema.datetime_schema())


Instant = Annotated[AwareDatetime, _Rfc3339]
"""A moment, RFC 3339 with an offset, which is kept as it was written."""
