"""The console as people start it: by itself, and with a site."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from liandong.contracts import ConfigurationError
from liandong.ops.site import read_site


@asynccontextmanager
async def running(home: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command while the block runs; Ctrl-C ends it, well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "liandong.ops.cli",
        *arguments,
        env=os.environ | {"LIANDONG_HOME": str(home)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        await process.communicate()
    assert process.returncode == 0


async def address_in(process: asyncio.subprocess.Process, beginning: str) -> str:
    """Return the address on the line that begins so."""
    assert process.stdout
    async for line in process.stdout:
        if line.decode().startswith(beginning):
            return line.decode().removeprefix(beginning).strip()
    raise AssertionError(f"the command ended before it said {beginning!r}")


async def test_the_command_prints_where_the_page_is(tmp_path: Path) -> None:
    """Once it answers; it starts the embedded server where none runs."""
    async with running(tmp_path, "console", "--port", "0") as process:
        address = await address_in(process, "http:")
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http:{address}")
    assert "<title>Liandong</title>" in answer.text


async def test_a_site_serves_the_console_it_asks_for(tmp_path: Path) -> None:
    """Its address stands among what the site tells."""
    site = tmp_path / "site.toml"
    site.write_text('[server]\nport = 0\n[console]\nport = 0\nmode = "exercise"\n')
    async with running(tmp_path, "up", str(site)) as process:
        address = await address_in(process, "console ")
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{address}api/status")
    assert answer.json()["mode"] == "exercise"


def test_a_wrong_console_in_a_site_file_is_named(tmp_path: Path) -> None:
    """Before anything runs."""
    site = tmp_path / "site.toml"
    site.write_text("[console]\nport = 99999\n")
    with pytest.raises(ConfigurationError, match=r"site\.toml: console\.port"):
        read_site(site)
