"""A client for Home Assistant that uses HTTP and WebSocket, like the frontend."""

from typing import Any

from aiohttp import ClientError, ClientSession
from yarl import URL

from .errors import DemoError


class HomeAssistant:
    """A client for Home Assistant; call `log_in` before the authenticated requests."""

    def __init__(self, session: ClientSession, url: str) -> None:
        """Use the Home Assistant at this address."""
        self.url = url
        # Home Assistant uses this for the redirect address of a sign-in.
        self._headers = {"HA-Frontend-Base": url}
        self._session = session
        self._token = ""

    @property
    def client_id(self) -> str:
        """Return the client id of the frontend."""
        return f"{self.url}/"

    async def is_up(self) -> bool:
        """Return whether it answers."""
        try:
            await self.get("/api/onboarding")
        except ClientError, DemoError:
            return False
        return True

    async def has_started(self) -> bool:
        """Return whether it has fully started."""
        return bool((await self.command("get_config"))["state"] == "RUNNING")

    async def get(self, path: str) -> Any:
        """Send a GET request."""
        return await self._request("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        """Send JSON."""
        return await self._request("POST", path, json={} if body is None else body)

    async def delete(self, path: str) -> None:
        """Send a DELETE request."""
        await self._request("DELETE", path)

    async def open(self, url: URL | str) -> None:
        """Open a page like a browser."""
        url = URL(self.url).join(URL(url))
        async with self._session.get(url) as response:
            if response.status != 200 or "<script" not in await response.text():
                raise DemoError(f"{url.path} answered {response.status}")

    async def call(self, service: str, **data: Any) -> None:
        """Call an action, and wait until it is done."""
        domain, _, name = service.partition(".")
        await self.post(f"/api/services/{domain}/{name}", data)

    async def log_in(self, code: str) -> None:
        """Exchange an authorization code for a token."""
        tokens = await self._request(
            "POST",
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": self.client_id,
            },
        )
        self._token = tokens["access_token"]
        self._headers["Authorization"] = f"Bearer {self._token}"

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send a WebSocket command and return its result.

        Each opens its own connection, because an open one would delay a restart.
        """
        async with self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": kind, **fields})
            answer = await socket.receive_json()
        if not answer.get("success"):
            raise DemoError(f"{kind}: {answer}")
        return answer["result"]

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        async with self._session.request(
            method, f"{self.url}{path}", headers=self._headers, **content
        ) as response:
            if not response.ok:
                text = await response.text()
                raise DemoError(f"{method} {path}: {response.status} {text[:500]}")
            return await response.json()
