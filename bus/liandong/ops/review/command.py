"""``liandong review``: how an incident went, from the log."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import typer

from liandong.bus import Bus, Stored, connect
from liandong.contracts import LinkedDocument, ReviewFindings, ReviewPublished, to_token
from liandong.ops.errors import CommandError, Exit
from liandong.ops.review.gather import gathered
from liandong.ops.review.page import render_html
from liandong.ops.review.text import render_text
from liandong.ops.review.tongue import Language
from liandong.response.review import Review

_LANGUAGES: tuple[Language, ...] = ("en", "zh", "both")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a review is shown, in the words of the command line.

    Attributes:
        lang: ``en``, ``zh`` or ``both``.
        html: Where to write the page, if anywhere.
        uri: Where readers will find the page; empty where nothing is to be said on the bus.
        as_text: Print text even where a page is written.
        as_json: Print JSON.
    """

    lang: str = "en"
    html: Path | None = None
    uri: str = ""
    as_text: bool = False
    as_json: bool = False

    @property
    def language(self) -> Language:
        """The language.

        Raises:
            CommandError: There is no such.
        """
        for language in _LANGUAGES:
            if language == self.lang:
                return language
        raise CommandError(f"--lang {self.lang!r}: say en, zh or both", Exit.USAGE)


async def review_incident(incident: str, settings: dict[str, Any], shown: Shown) -> None:
    """Print the review of an incident, write it as a page, say on the bus where that is kept.

    Raises:
        CommandError: The log holds nothing about it, or there is no page to publish.
    """
    language = shown.language
    if shown.uri and shown.html is None:
        raise CommandError("--publish says where a page is kept: write it with --html", Exit.USAGE)
    async with await connect(**settings) as bus:
        if (found := await gathered(bus, incident)) is None:
            raise CommandError(
                f"the log holds nothing about {incident!r} in mode {bus.mode}; "
                "'liandong tail --since start --contract incident --no-follow' lists incidents",
                Exit.NOT_FOUND,
            )
        page = _written(found, language, shown.html) if shown.html else b""
        stored = await publish(bus, found, page, shown.uri) if shown.uri else None
    if shown.as_json:
        typer.echo(found.model_dump_json())
    if shown.as_text or not (shown.html or shown.as_json):
        typer.echo(render_text(found, language, _here()), nl=False)
    if shown.html:
        typer.echo(f"wrote {shown.html}: {found.figures.events} events", err=True)
    if stored:
        typer.echo(f"published as {stored.stream} {stored.sequence}", err=True)


async def publish(bus: Bus, review: Review, page: bytes, uri: str) -> Stored:
    """Say on the bus that a review is there, and where.

    The same page is the same review: to publish it again says nothing new.

    Args:
        bus: The bus.
        review: What was found.
        page: The page, as it is kept.
        uri: Where it is kept.
    """
    digest = hashlib.sha256(page).hexdigest()
    begins, ends = review.begins or datetime.now(UTC), review.ends or datetime.now(UTC)
    counted = review.figures
    event = ReviewPublished(
        review_id=f"review-{digest[:24]}",
        incident_id=to_token(review.incident),
        title=f"Review of incident {review.incident}",
        timeline_start=begins,
        timeline_end=ends,
        event_count=counted.events,
        agencies=tuple(party.agency for party in review.parties if party.said)[:200],
        findings=ReviewFindings(
            clock_breach_count=counted.breaches,
            order_overdue_count=counted.orders_overdue,
            report_overdue_count=counted.reports_overdue,
        ),
        document=LinkedDocument(
            uri=uri, sha256=digest, media_type="text/html", size_bytes=len(page)
        ),
    )
    return await bus.publish(event, area=review.area or "local", id=digest[:32])


def _written(review: Review, language: Language, path: Path) -> bytes:
    """Write the page; return its bytes."""
    page = render_html(review, language, _here()).encode()
    try:
        path.write_bytes(page)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}", Exit.USAGE) from error
    return page


def _here() -> tzinfo:
    """Return the zone of this machine."""
    return datetime.now().astimezone().tzinfo or UTC
