"""Triggers: a car was plugged in, unplugged, or has completed charging."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, override

from homeassistant.const import STATE_OFF, STATE_ON, EntityStateAttribute, Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)

from .entity import async_entities_with_key


class VehicleTrigger(EntityTargetStateTriggerBase):
    """Fires when a car reports a state that differs from the last one it reported.

    Unknown and unavailable are ignored: they neither fire nor cancel the trigger. After
    an account starts, there is no last state yet.
    """

    _key: ClassVar[str]
    # `is_valid_transition` compares with the last reported state instead.
    _excluded_from_states: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Start without known states."""
        super().__init__(hass, config)
        self._said: dict[str, State] = {}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave out entities that do not belong to a car, such as smart plugs."""
        return async_entities_with_key(
            self._hass, super().entity_filter(entities), self._key
        )

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Compare with the car's last reported state."""
        said = self._last_said(from_state)
        return said is not None and super().is_valid_transition(said, to_state)

    @override
    def count_matches(
        self,
        entity_ids: Iterable[str],
        states: Mapping[str, State | None] | None = None,
    ) -> tuple[int, int]:
        """Count each car by its last reported state."""
        get = self._hass.states.get if states is None else states.get
        said = {
            id_: (state := get(id_)) and self._last_said(state) for id_ in entity_ids
        }
        return super().count_matches(said, said)

    @callback
    @override
    def _cancel_invalidated_timers(
        self,
        behavior: str,
        pending_timers: dict[str, CALLBACK_TYPE],
        target_state_change_data: TargetStateChangedData,
    ) -> None:
        """Let `for` continue while a car's state is unknown."""
        state = target_state_change_data.state_change_event.data["new_state"]
        if state is None or not self._is_silent(state) or _starts_anew(state):
            super()._cancel_invalidated_timers(
                behavior, pending_timers, target_state_change_data
            )

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Attach the trigger, and remember the states that cars report."""
        detach = await super().async_attach_runner(run_action, did_not_trigger)
        forget = await async_track_target_selector_state_change_event(
            self._hass, self._target, self._remember, self.entity_filter
        )

        @callback
        def remove() -> None:
            detach()
            forget()

        return remove

    @callback
    def _remember(self, data: TargetStateChangedData) -> None:
        """Remember the state of a car before it became unknown."""
        old_state = data.state_change_event.data["old_state"]
        new_state = data.state_change_event.data["new_state"]
        if new_state is None or not self._is_silent(new_state):
            return
        if old_state is None or _starts_anew(new_state):
            self._said.pop(new_state.entity_id, None)
        elif not self._is_silent(old_state):
            self._said[new_state.entity_id] = old_state

    def _last_said(self, state: State) -> State | None:
        if not self._is_silent(state):
            return state
        return None if _starts_anew(state) else self._said.get(state.entity_id)

    def _is_silent(self, state: State) -> bool:
        return state.state in self._excluded_states


def _starts_anew(state: State) -> bool:
    """Return whether the account is not running: before it starts, or after it stopped."""
    return bool(state.attributes.get(EntityStateAttribute.RESTORED))


class PluggedInTrigger(VehicleTrigger):
    """A car was plugged in."""

    _domain_specs = {Platform.BINARY_SENSOR: DomainSpec()}
    _key = "plugged_in"
    _to_states = {STATE_ON}


class UnpluggedTrigger(VehicleTrigger):
    """A car was unplugged."""

    _domain_specs = {Platform.BINARY_SENSOR: DomainSpec()}
    _key = "plugged_in"
    _to_states = {STATE_OFF}


class ChargingCompletedTrigger(VehicleTrigger):
    """A car has completed charging."""

    _domain_specs = {Platform.SENSOR: DomainSpec()}
    _key = "charging_status"
    _to_states = {"charging_completed"}


TRIGGERS: dict[str, type[Trigger]] = {
    "charging_completed": ChargingCompletedTrigger,
    "plugged_in": PluggedInTrigger,
    "unplugged": UnpluggedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
