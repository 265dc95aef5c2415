"""Sealing: a draft becomes an envelope, with an id that nobody else can make."""

import hmac
import os
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from liandong.adapters.sdk.adapter import Settings
from liandong.adapters.sdk.document import Document, Draft
from liandong.contracts import Envelope, Mode, Provenance

_STRICTER = (Mode.LIVE, Mode.EXERCISE, Mode.TEST)


def site_secret(home: Path) -> bytes:
    """Return the site's secret, making it on first use.

    It keys the ids of translated events: a site that loses it would say everything again under new
    ids when a foreign system repeats itself. Keep it with the backups.
    """
    path = home / "secret"
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return site_secret(home)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return site_secret(home)


def seal(
    draft: Draft,
    document: Document,
    settings: Settings,
    secret: bytes,
    *,
    cause: Envelope | None = None,
) -> Envelope:
    """Return the envelope of a draft.

    Args:
        draft: What the adapter read.
        document: What it read it from.
        settings: Whose adapter it is.
        secret: Keys the id.
        cause: The event that this one answers, for a sink.
    """
    modes = (settings.mode, draft.mode) + ((cause.mode,) if cause else ())
    return Envelope(
        id=_keyed_id(draft, settings, secret),
        source=settings.agency,
        time=draft.time,
        mode=max(modes, key=_STRICTER.index),
        area=draft.area or (cause.area if cause else settings.area),
        precedence=draft.precedence,
        correlation=draft.correlation or ((cause.correlation or cause.id) if cause else None),
        causation=draft.causation or (cause.id if cause else None),
        expires=draft.expires,
        data=draft.event.model_copy(
            update={
                "provenance": _provenance(
                    settings.name,
                    document.identity[:500],
                    document.sha256,
                    document.received,
                    draft.defects,
                )
            }
        ),
    )


@lru_cache(maxsize=16)  # the events of one document share it
def _provenance(
    system: str, document: str, sha256: str, received: datetime, defects: tuple[str, ...]
) -> Provenance:
    return Provenance(
        system=system, document=document, sha256=sha256, received=received, defects=defects
    )


def _keyed_id(draft: Draft, settings: Settings, secret: bytes) -> str:
    """Return 128 bits of a keyed hash of what the fact is and what it says.

    So the same document twice is one event, a correction is another, and nobody without the secret
    can take the id beforehand.
    """
    content = draft.event.model_dump_json(exclude={"provenance"}, exclude_none=True)
    moment = draft.time.astimezone(UTC).isoformat()
    parts = (str(settings.agency), draft.event.type_name(), *draft.identity, moment, content)
    # Each part with its length before it: no two lists of parts give the same bytes.
    message = "".join([f"{len(part)}:{part}" for part in parts]).encode()
    return hmac.digest(secret, message, "sha256").hex()[:32]
