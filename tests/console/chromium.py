"""A real browser, driven by its own protocol: Chrome DevTools over one WebSocket."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--window-size=1440,900",
    # Whatever the page asks for outside this machine does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Page:
    """One tab.

    Attributes:
        asked: The addresses that the page asked for.
        complaints: What the browser complained of: exceptions, errors, breaches of the policy.
    """

    def __init__(self, socket: ClientConnection) -> None:
        """Take over a browser; `open` makes the tab."""
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session: str | None = None

    async def open(self, address: str) -> None:
        """Open a tab at an address."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Network", "Log", "Runtime", "Page"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=address)
        await self.until("document.readyState === 'complete'")

    async def run(self, script: str) -> Any:
        """Return what a script comes to."""
        done = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    async def until(self, condition: str) -> None:
        """Return once a condition holds in the page; looks at each picture."""
        await self.run(
            "new Promise((done) => { const look = () => "
            f"({condition}) ? done(true) : setTimeout(look, 20); look(); }})"
        )

    async def press(self, key: str) -> None:
        """Press a key, as a person would."""
        text = {"text": key} if len(key) == 1 else {}
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self, path: Path) -> None:
        """Write what the tab shows as PNG."""
        shown = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shown["data"]))

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result; notes what happens meanwhile."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.send(json.dumps(message | session))
        while True:
            said = json.loads(await self._socket.recv())
            if said.get("id") == number:
                assert "error" not in said, said["error"]
                return said["result"]
            self._note(said)

    def _note(self, said: dict[str, Any]) -> None:
        match said:
            case {"method": "Network.requestWillBeSent", "params": {"request": {"url": url}}}:
                self.asked.append(url)
            case {"method": "Network.webSocketCreated", "params": {"url": url}}:
                self.asked.append(url)
            case {
                "method": "Log.entryAdded",
                "params": {"entry": {"level": "error", "text": text}},
            }:
                self.complaints.append(text)
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self.complaints.append(json.dumps(details))
            case _:
                pass


@asynccontextmanager
async def browsing(program: str, profile: Path) -> AsyncIterator[Page]:
    """Run a browser while the block runs; give its page, not opened yet."""
    browser = await asyncio.create_subprocess_exec(
        program, *_FLAGS, f"--user-data-dir={profile}", stderr=asyncio.subprocess.PIPE
    )
    try:
        address = await _listening(browser)
        async with connect(address, max_size=None, ping_interval=None) as socket:
            yield Page(socket)
            await Page(socket).call("Browser.close")
    finally:
        if browser.returncode is None:
            browser.terminate()
        await browser.communicate()


async def _listening(browser: asyncio.subprocess.Process) -> str:
    """Return the address that a browser says it listens at."""
    assert browser.stderr
    async for line in browser.stderr:
        before, found, address = line.decode().partition("DevTools listening on ")
        if found:
            return address.strip()
    raise AssertionError(f"the browser ended before it listened: {before}")
