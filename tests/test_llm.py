"""Assistants with a language model: what they see of a car and what they change."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, Literal, override

from homeassistant.components.conversation import (
    DOMAIN as CONVERSATION,
    AssistantContentDeltaDict,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
    ToolResultContent,
    async_get_result_from_chat_log,
)
from homeassistant.components.conversation.const import DATA_COMPONENT
from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    APIInstance,
    LLMContext,
    ToolAnnotations,
    ToolInput,
    ToolResult,
    async_get_api,
)
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Car

from . import Json
from .actions import BEHAVIOR, READY_TIME, SCHEDULE, STATE_OF_CHARGE, TARGET
from .home import HELSINKI, Home
from .plans import hours, plan

AGENT = "conversation.scripted"
PIPELINE = "assist_pipeline"
CAR = "Family car"
# The other settings of a voice pipeline.
NO_SOUND = (
    *("stt_engine", "stt_language", "tts_engine", "tts_language", "tts_voice"),
    *("wake_word_entity", "wake_word_id"),
)


@pytest.fixture
async def home(home: Home) -> Home:
    """Return a home in Helsinki with a car that charges and one that is not exposed."""
    await home.hass.config.async_set_time_zone(HELSINKI)
    for component in ("homeassistant", CONVERSATION):
        assert await async_setup_component(home.hass, component, {})
    exposed = home.hass.data[DATA_EXPOSED_ENTITIES]
    exposed.async_set_expose_new_entities(CONVERSATION, False)
    home.add_car()
    home.car.status_override = {"chargingStatus": "CHARGING", "soc": 61.8}
    home.simulator.fail("GET", SCHEDULE, body=plan(hours(h12=1, h22=1, h23=1)))
    home.edit(weekDaySpecificReadyTimes={"FRIDAY": "06:30"})
    await home.start()
    expose(home, STATE_OF_CHARGE, BEHAVIOR, TARGET, READY_TIME)
    return home


def expose(home: Home, *entity_ids: str, should: bool = True) -> None:
    for entity_id in entity_ids:
        async_expose_entity(home.hass, CONVERSATION, entity_id, should)


async def assist(home: Home, language: str = "en") -> APIInstance:
    context = LLMContext("test", Context(), language, CONVERSATION, None)
    return await async_get_api(home.hass, LLM_API_ASSIST, context)


async def use(home: Home, tool: str, language: str = "en", **args: Any) -> ToolResult:
    api = await assist(home, language)
    return await api.async_call_tool(ToolInput(f"hiven__{tool}", {"car": CAR, **args}))


async def get(home: Home, language: str = "en") -> Json:
    result = await use(home, "get_car", language)
    assert not result.error
    return dict(result.data)


async def offered(home: Home) -> dict[str, list[str]]:
    tools = [each for each in (await assist(home)).tools if "hiven__" in each.name]
    return {each.name: list(each.parameters.schema["car"].container) for each in tools}


async def test_how_the_car_is(home: Home) -> None:
    assert await get(home) == {
        "car": CAR, "state": "Charging, 62 %, ready by tomorrow 7:00", "target": "80 %",
        "smart_charging": "Charging as planned", "behavior": "Smart, anywhere",
        "plan": ["today 14:00–15:00", "tomorrow 0:00–2:00"],
        "ready_times": {"every day": "7:00", "Friday": "6:30"},
    }  # fmt: skip


@pytest.mark.parametrize(("language", "state"), [
    ("fi", "Latautuu, 62 %, valmis viimeistään huomenna 7:00"),
    ("sv", "Laddar, 62 %, klar senast i morgon 7:00"),
    ("nb", "Lader, 62 %, klar senest i morgen 7:00"),
    ("da", "Oplader, 62 %, klar senest i morgen 7:00"),
    ("de", "Wird geladen, 62 %, fertig bis morgen 7:00"),
])  # fmt: skip
async def test_in_the_language_spoken(home: Home, language: str, state: str) -> None:
    assert (await get(home, language))["state"] == state


async def test_a_silent_car(home: Home) -> None:
    home.car.status_override = {"chargingStatus": "SOMETHING_NEW", "soc": None}
    home.edit(
        chargingBehavior="SMART_CHARGE_OFF", targetSoC=None, readyTime=None,
        weekDaySpecificReadyTimes=None,
    )  # fmt: skip
    await home.poll()
    facts = await get(home)
    assert facts["state"] == "no news from the car"
    assert facts["behavior"] == "Off – charges at once"
    assert facts.keys().isdisjoint({"target", "ready_times"})


@pytest.mark.parametrize(("args", "stored"), [
    ({"target_soc": 90}, {"targetSoC": {"value": 90, "unit": "PERCENT"}}),
    ({"ready_time": "6:15"}, {"readyTime": "06:15"}),
    ({"ready_time": "6:15", "day": "every_day"}, {"readyTime": "06:15"}),
    ({"ready_time": "06:15", "day": "friday"},
     {"readyTime": "07:00", "weekDaySpecificReadyTimes": {"FRIDAY": "06:15"}}),
    ({"charging_behavior": "smart_charge_off"},
     {"chargingBehavior": "SMART_CHARGE_OFF"}),
])  # fmt: skip
async def test_settings(home: Home, args: Json, stored: Json) -> None:
    result = await use(home, "set_charging", **args)
    assert not result.error
    assert {key: home.held.get(key) for key in stored} == stored
    assert result.data == await get(home)


@pytest.mark.parametrize(
    ("day", "name"), [("today", "MONDAY"), ("tomorrow", "TUESDAY")]
)
async def test_for_one_day(home: Home, day: str, name: str) -> None:
    await use(home, "set_charging", target_soc=100, ready_time="23:30", day=day)
    assert home.held["targetSoC"]["value"] == 100
    assert home.held["weekDaySpecificReadyTimes"] == {"FRIDAY": "06:30", name: "23:30"}
    await home.pass_time(hours=34, minutes=1)
    await home.settle()
    assert home.held["targetSoC"]["value"] == 80
    assert home.held["weekDaySpecificReadyTimes"] == {"FRIDAY": "06:30"}


@pytest.mark.parametrize(("args", "reason"), [
    ({}, "Choose at least one setting to change"),
    ({"day": "friday"}, "Enter the ready time for the days you chose"),
    ({"ready_time": "14:00", "day": "today"}, "That time has passed today."),
    ({"ready_time": "6", "day": "tomorrow"}, "in the 24-hour format HH:MM"),
    ({"ready_time": "6:00 pm"}, "in the 24-hour format HH:MM"),
    ({"charging_behavior": "smart_charge_at_location"}, "no charging location yet"),
    ({"target_soc": 90}, "Hiven refused the change."),
])  # fmt: skip
async def test_refused(home: Home, args: Json, reason: str) -> None:
    if "target_soc" in args:
        home.simulator.fail("PUT", "*", status=400)
    before = dict(home.held)
    result = await use(home, "set_charging", **args)
    assert result.error
    assert reason in str(result.data["error"])
    assert home.held == before


@pytest.mark.parametrize(
    "args", [{"car": "Other"}, {"target_soc": 0}, {"day": "someday"}, {"unheard": "of"}]
)
async def test_what_is_not_offered(home: Home, args: Json) -> None:
    with pytest.raises(probatio.Invalid):
        await use(home, "set_charging", **args)
    assert home.puts == []


async def test_a_question_before_the_plan_is_read(home: Home) -> None:
    known = await get(home)
    hold = home.simulator.hold("GET", SCHEDULE)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await hold.arrived()
    asked = asyncio.ensure_future(get(home))
    await home.settle()
    hold.release()
    assert await asked == known


async def test_what_is_exposed(home: Home) -> None:
    tools = ("hiven__get_car", "hiven__set_charging")
    assert await offered(home) == {tool: [CAR] for tool in tools}
    hints = {tool.name: tool.annotations for tool in (await assist(home)).tools}
    safe = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
    assert [hints[tool] for tool in tools] == [replace(safe, read_only=True), safe]
    expose(home, TARGET, should=False)
    result = await use(home, "set_charging", target_soc=100)
    assert result.error
    assert str(result.data["error"]).startswith("Charge target is not exposed")
    assert home.puts == []
    api = await assist(home)
    expose(home, STATE_OF_CHARGE, BEHAVIOR, READY_TIME, should=False)
    # An earlier conversation still knows the name of the car.
    late = await api.async_call_tool(ToolInput("hiven__get_car", {"car": CAR}))
    assert late.error
    assert "Family car is not exposed" in str(late.data["error"])
    assert await offered(home) == {}
    expose(home, TARGET)
    assert await offered(home) == {tool: [CAR] for tool in tools}
    await home.unload()
    assert await offered(home) == {}


async def test_two_cars(home: Home) -> None:
    expose(home, "sensor.other_state_of_charge")
    assert (await offered(home))["hiven__get_car"] == [CAR, "Other"]
    others: list[Car] = [home.add_car(3, CAR), home.add_car(4, CAR)]
    await home.poll()
    soc = "sensor.family_car_state_of_charge"
    expose(home, f"{soc}_2", f"{soc}_3")
    cars = [CAR, f"{CAR} 2", f"{CAR} 3", "Other"]
    assert (await offered(home))["hiven__get_car"] == cars
    await use(home, "set_charging", target_soc=90)
    assert home.held["targetSoC"]["value"] == 90
    assert [other.preferences for other in others] == [None, None]


class Scripted(ConversationEntity):
    """A language model that uses a tool and repeats its result."""

    _attr_name = "Scripted"

    def __init__(self, tool: ToolInput) -> None:
        self._tool = tool

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return "*"

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context("test"), LLM_API_ASSIST, None, None
        )

        async def use_tool() -> AsyncGenerator[AssistantContentDeltaDict]:
            yield {"role": "assistant", "tool_calls": [self._tool]}

        async def answer() -> AsyncGenerator[AssistantContentDeltaDict]:
            result = chat_log.content[-1]
            assert isinstance(result, ToolResultContent)
            yield {"role": "assistant", "content": f"It says: {result.result.data}"}

        for stream in (use_tool(), answer()):
            async for _ in chat_log.async_add_delta_content_stream(AGENT, stream):
                pass
        return async_get_result_from_chat_log(user_input, chat_log)


async def test_a_conversation(home: Home, hass_ws_client: WebSocketGenerator) -> None:
    args = {"car": CAR, "ready_time": "06:00", "day": "tomorrow"}
    model = Scripted(ToolInput("hiven__set_charging", args))
    assert await async_setup_component(home.hass, PIPELINE, {})
    await home.hass.data[DATA_COMPONENT].async_add_entities([model])
    client = await hass_ws_client(home.hass)
    spoken = {"conversation_engine": AGENT, "conversation_language": "en"}
    kitchen = {"name": "Kitchen", "language": "en", **spoken, **dict.fromkeys(NO_SOUND)}
    await client.send_json_auto_id({"type": f"{PIPELINE}/pipeline/create", **kitchen})
    pipeline = (await client.receive_json())["result"]["id"]
    said = {"text": "Have the car ready at six tomorrow"}
    stages = {"start_stage": "intent", "end_stage": "intent", "pipeline": pipeline}
    await client.send_json_auto_id({"type": f"{PIPELINE}/run", **stages, "input": said})
    assert (await client.receive_json())["success"]
    while (event := (await client.receive_json())["event"])["type"] != "intent-end":
        assert event["type"] != "error", event
    answer = event["data"]["intent_output"]["response"]
    assert "ready by tomorrow 6:00" in answer["speech"]["plain"]["speech"]
    week = {"FRIDAY": "06:30", "TUESDAY": "06:00"}
    assert home.held["weekDaySpecificReadyTimes"] == week
