"""Controls the simulator over HTTP."""

from typing import Any

from aiohttp import ClientError, ClientSession

from .errors import DemoError

type Truth = dict[str, Any]


class Cloud:
    """A client for the simulator."""

    def __init__(self, session: ClientSession, url: str) -> None:
        """Use the simulator at this address."""
        self.url = url
        self._session = session

    async def is_up(self) -> bool:
        """Return whether it answers."""
        try:
            await self.cars()
        except ClientError:
            return False
        return True

    async def cars(self) -> list[Truth]:
        """Return the true states of the connected cars."""
        cars: list[Truth] = await self._request("GET", "cars")
        return cars

    async def schedule(self, car_id: str, user_id: str, api_key: str) -> Any:
        """Return a car's plan in the format of Hiven; None if there is none."""
        async with self._session.get(
            f"{self.url}/v2/hiven/devices/{car_id}/smart-charging/schedule",
            headers={"X-User-Id": user_id, "X-Api-Key": api_key},
        ) as response:
            return await response.json() if response.ok else None

    async def prices(self) -> dict[str, float]:
        """Return the price of an hour in cents per kWh, by when the hour begins."""
        prices = await self._request("GET", "prices")
        return {each["start"]: each["price"] for each in prices}

    async def set_soc(self, car_id: str, soc: float) -> None:
        """Set a car's state of charge."""
        await self._request("POST", f"cars/{car_id}", json={"soc": soc})

    async def change_key(self, user_id: str, api_key: str) -> None:
        """Give an account a new key; the old one is refused from now on."""
        await self._request("POST", f"accounts/{user_id}", json={"api_key": api_key})

    async def set_speed(self, speed: float) -> None:
        """Let the cars' lives run this many times faster than real time."""
        await self._request("POST", "clock", json={"speed": speed})

    async def set_down(self, *, down: bool) -> None:
        """Let Hiven answer nothing, or answer again."""
        await self._request("POST", "cloud", json={"down": down})

    async def pause(self) -> None:
        """Pause the cars."""
        await self._request("POST", "clock", json={"paused": True})

    async def resume(self) -> None:
        """Resume the cars."""
        await self._request("POST", "clock", json={"paused": False})

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        async with self._session.request(
            method, f"{self.url}/_simulator/{path}", **content
        ) as response:
            if not response.ok:
                raise DemoError(f"simulator: {path} answered {response.status}")
            return await response.json()
