"""How long NATS credentials hold: a connection is made anew before they end, not after."""

import base64
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RENEW_AT = 2 / 3  # of their life
_JWT = re.compile(rb"-+BEGIN NATS USER JWT-+\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Validity:
    """When credentials were issued and when they end, in seconds of Unix time; inf is never."""

    issued: float
    ends: float

    @property
    def renew_at(self) -> float:
        """When it is time to look for newer ones, in seconds of Unix time."""
        return self.issued + (self.ends - self.issued) * _RENEW_AT


def validity(path: Path | None) -> Validity | None:
    """Return how long a credentials file holds; None where there is none that can be read."""
    try:
        found = _JWT.search(path.read_bytes()) if path else None
        if found is None:
            return None
        claims = _claims(found.group(1))
        return Validity(float(claims["iat"]), float(claims.get("exp", math.inf)))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _claims(jwt: bytes) -> dict[str, Any]:
    """Return what a JWT claims; whether it is true is for the broker to say."""
    claims = jwt.split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))
