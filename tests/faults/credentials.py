"""A broker that takes JWTs only, and credentials for it that expire when a row wants them to."""

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nkeys

_EVERYTHING = {"subs": -1, "data": -1, "payload": -1}
_ACCOUNT_LIMITS = _EVERYTHING | {
    "imports": -1,
    "exports": -1,
    "wildcards": True,
    "conn": -1,
    "leaf": -1,
    "mem_storage": -1,
    "disk_storage": -1,
    "streams": -1,
    "consumer": -1,
}


class Key:
    """An nkey pair.

    Attributes:
        public: Its public half, which is what its owner is called.
    """

    def __init__(self, prefix: int) -> None:
        """Make one; the prefix says for what."""
        self._seed = nkeys.encode_seed(os.urandom(32), prefix)
        self._pair = nkeys.from_seed(self._seed)
        self.public = self._pair.public_key.decode()

    @property
    def seed(self) -> str:
        """What it is made from."""
        return self._seed.decode()

    def sign(self, kind: str, subject: str, claims: dict[str, Any], **more: Any) -> str:
        """Return a JWT about a subject, signed with this key, as NATS has it (version 2)."""
        body = {"iat": int(time.time()), "iss": self.public, "sub": subject, "name": kind} | more
        body["nats"] = claims | {"type": kind, "version": 2}
        digest = hashlib.sha256(_json(body)).digest()
        body["jti"] = base64.b32encode(digest).decode().rstrip("=")
        head = f"{_base64(_json({'typ': 'JWT', 'alg': 'ed25519-nkey'}))}.{_base64(_json(body))}"
        return f"{head}.{_base64(self._pair.sign(head.encode()))}"


@dataclass(frozen=True, slots=True)
class Authority:
    """An operator with one account for the region and one for the system."""

    operator: Key
    region: Key
    system: Key

    @classmethod
    def new(cls) -> "Authority":
        """Make one."""
        operator, account = nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT
        return cls(Key(operator), Key(account), Key(account))

    def configuration(self) -> str:
        """Return what makes a broker trust it, and nobody else."""
        operator = self.operator.sign(
            "operator", self.operator.public, {"system_account": self.system.public}
        )
        accounts = {
            key.public: self.operator.sign("account", key.public, {"limits": limits})
            for key, limits in ((self.region, _ACCOUNT_LIMITS), (self.system, _EVERYTHING))
        }
        preload = "".join(f"  {name}: {jwt}\n" for name, jwt in accounts.items())
        return (
            f"operator: {operator}\nsystem_account: {self.system.public}\n"
            f"resolver: MEMORY\nresolver_preload: {{\n{preload}}}\n"
        )

    def admit(self, path: Path, expires: float | None = None) -> None:
        """Write credentials of a new user of the region.

        Args:
            path: Where to; a file that is there is replaced at once and whole.
            expires: When, as whole seconds of Unix time; None is never.
        """
        user = Key(nkeys.PREFIX_BYTE_USER)
        more = {} if expires is None else {"exp": int(expires)}
        jwt = self.region.sign("user", user.public, dict(_EVERYTHING), **more)
        new = path.with_suffix(".new")
        new.write_text(
            f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n"
        )
        new.replace(path)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
