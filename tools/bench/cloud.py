"""A simulated Hiven in a separate process, so that its work is not measured."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection

from simulator import Car, Simulator
from simulator.plan import DAYS
from simulator.prices import since
from tools import API_KEY, USER_ID
from tools.calls import counted
from tools.processes import PROCESSES

# The delay of an answer, as from a cloud.
LATENCY = 0.05
# The most calls at once that a client should make.
AT_ONCE = 8


@dataclass(frozen=True)
class Calls:
    """The number of calls, and the most at once."""

    plans: int
    writes: int
    without_plans: int
    at_once: int


class Cloud:
    """The simulator in the other process."""

    def __init__(self, connection: Connection) -> None:
        """Connect to it."""
        self._connection = connection
        self.url: str = connection.recv()

    def do[*Ts, T](self, what: Callable[[Simulator, *Ts], T], *args: *Ts) -> T:
        """Run something in the simulator's process; return the result."""
        self._connection.send((what, args))
        answer: T = self._connection.recv()
        return answer


@contextmanager
def cloud(cars: int) -> Iterator[Cloud]:
    """Serve an account with cars that do not change by themselves."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_serve, args=(theirs, cars), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Cloud(ours)
    finally:
        ours.close()
        process.join(5)
        process.kill()


def vehicle_id(index: int) -> str:
    """Return the id of a car."""
    return f"car-{index:03}"


def move(simulator: Simulator, cars: int) -> list[float]:
    """Change the state of charge of the first cars; return the new values."""
    moved = []
    for index in range(cars):
        car = simulator.cars[vehicle_id(index)]
        car.soc = 41.0 if car.soc > 45 else 50.0
        car.telemetry_at = (car.telemetry_at or simulator.now()) + timedelta(minutes=1)
        moved.append(car.soc)
    return moved


def take_calls(simulator: Simulator) -> Calls:
    """Return the calls since the last time."""
    calls, at_once = counted(simulator.requests), simulator.most_at_once
    simulator.forget()
    plans, writes = calls["plan"], calls["write settings"]
    return Calls(plans, writes, calls.total() - plans, at_once)


def _serve(connection: Connection, cars: int) -> None:
    asyncio.run(_run(connection, cars))


async def _run(connection: Connection, cars: int) -> None:
    """Serve until the connection is closed."""
    ended = asyncio.Event()
    async with Simulator() as simulator:
        simulator.add_account(USER_ID, API_KEY, partner_name="Nordic Energy")
        # Plans always start at least three hours ahead, so that no start or end of a
        # window changes states.
        simulator.prices = since(simulator.now())
        ready = simulator.now() + timedelta(hours=12)
        for index in range(cars):
            _add_car(simulator, index, ready.astimezone(simulator.time_zone))
        simulator.pause()
        simulator.latency = LATENCY

        def obey() -> None:
            try:
                what, args = connection.recv()
            except EOFError:
                ended.set()
                return
            connection.send(what(simulator, *args))

        loop = asyncio.get_running_loop()
        loop.add_reader(connection.fileno(), obey)
        connection.send(simulator.url)
        await ended.wait()
        loop.remove_reader(connection.fileno())


def _add_car(simulator: Simulator, index: int, ready: datetime) -> None:
    """Add a car with all settings."""
    preferences = {
        "chargingBehavior": "SMART_CHARGE_ANYWHERE",
        "targetSoC": {"value": 80, "unit": "PERCENT"},
        "minimalSoC": {"value": 20, "unit": "PERCENT"},
        "readyTime": f"{ready:%H:%M}",
        "weekDaySpecificReadyTimes": {DAYS[(ready.weekday() + 3) % 7]: "09:00"},
    }
    car = Car(id=vehicle_id(index), name=f"Car {index}", preferences=preferences)
    simulator.add_car(USER_ID, car)
