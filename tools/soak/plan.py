"""Plans random events: changes at any time, other events one at a time."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from .troubles import Trouble, shuffled

TICKS_A_DAY = 288
SLOT = 24
"""Two hours, enough for the longest trouble and the longest wait after it."""

type Small = Literal[
    "edit", "edit during the poll", "burst", "edit all cars", "app", "ask"
]
type Move = Literal["leave", "connect again", "new car"]
type Restart = Literal["restart", "off", "restart in trouble"]
type Big = Trouble | Move | Restart

MOVES: tuple[Move, ...] = ("leave", "connect again", "new car")
RESTARTS: tuple[Restart, ...] = ("restart", "off", "restart in trouble")
SMALL: tuple[Small, ...] = (
    *("edit",) * 8,
    *("edit during the poll",) * 2,
    *("burst", "burst", "edit all cars", "app", "app", "ask"),
)
SMALL_A_DAY = 16
# Enough for each kind to occur once.
TROUBLES_A_MONTH = 75


@dataclass
class Plan:
    """The events by tick, and the ticks after which figures are taken."""

    ticks: int
    big: dict[int, Big] = field(default_factory=dict)
    small: dict[int, list[Small]] = field(default_factory=lambda: defaultdict(list))
    rests: set[int] = field(default_factory=set)


def make_plan(days: int, random: Random) -> Plan:
    """Return a plan for some days. In the first tick, nothing happens."""
    plan = Plan(days * TICKS_A_DAY)
    between_rests = 12 if days > 3 else 6
    free = []
    for slot in range(plan.ticks // SLOT):
        if slot % between_rests == between_rests - 1:
            plan.rests.add(slot * SLOT + SLOT - 1)
        else:
            free.append(slot)
    big: list[Big] = [
        *shuffled(random, max(4, days * TROUBLES_A_MONTH // 30)),
        *(MOVES[index % len(MOVES)] for index in range(max(3, days // 2))),
        *(RESTARTS[index % len(RESTARTS)] for index in range(max(3, days // 3))),
    ]
    slots = random.sample(free, len(big))
    plan.big = {slot * SLOT + 1: each for slot, each in zip(slots, big, strict=True)}
    for _ in range(days * SMALL_A_DAY):
        plan.small[random.randrange(1, plan.ticks)].append(random.choice(SMALL))
    return plan
