"""Credentials that expire: the connection is made anew before they do."""

import asyncio
import time
from pathlib import Path

from facts import AREA, reported

from faults.credentials import Authority
from liandong.bus import Server, connect


async def test_renewed_credentials_are_used_before_the_old_ones_expire(tmp_path: Path) -> None:
    """Make before break: it is connected at every moment, and nothing is lost or stored twice."""
    authority, path, expires = Authority.new(), tmp_path / "desk.creds", time.time() + 6
    authority.admit(path, expires)
    async with (
        Server(tmp_path / "nats", extra=authority.configuration()) as server,
        await connect(servers=(server.url,), credentials=path) as bus,
    ):
        await bus.apply()
        first, sent = await bus.connection.session(), list[str]()
        authority.admit(path)
        while not first.lost.is_set():
            assert bus.connected
            sent.append((await bus.publish(reported(), area=AREA)).envelope.id)
            await asyncio.sleep(0.02)
        assert bus.connected
        assert time.time() < expires
        assert [entry.envelope.id async for entry in bus.history() if entry.envelope] == sent
