"""Measures how much work the cards are for a browser."""

from statistics import median

from playwright.async_api import CDPSession

from tools.demo.errors import DemoError
from tools.demo.say import step

from .person import Person

_MOST_BYTES = 60_000
_MOST_MS_TO_LOAD = 30.0
_MOST_MS_TO_UPDATE = 4.0
_TIMES = 7
# Gives a card of the view new states, one after the other; returns how long each took.
_UPDATE = """
async (tag) => {
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === tag) return element;
      const found = element.shadowRoot && find(element.shadowRoot);
      if (found) return found;
    }
  };
  const card = find(document);
  const settled = async (element) => {
    await element.updateComplete;
    for (const inner of element.renderRoot?.querySelectorAll("*") ?? []) {
      await inner.updateComplete;
    }
  };
  const times = [];
  for (let n = 0; n < 40; n++) {
    const states = { ...card.hass.states };
    for (const [id, state] of Object.entries(states)) {
      if (card.hass.entities[id]?.platform !== "hiven") continue;
      const other = /^(sensor|number)/.test(id) && Number(state.state) ? String(50 + n % 9) : state.state;
      states[id] = { ...state, state: other };
    }
    const start = performance.now();
    card.hass = { ...card.hass, states };
    await settled(card);
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times;
}
"""
_CARDS = ("hiven-plan-card", "hiven-week-card", "hiven-target-gauge")


async def measure(board: Person) -> None:
    """Print the figures of the file and its cards; raise DemoError if one is too high."""
    (url,) = [
        each["url"]
        for each in await board.house.home.command("lovelace/resources")
        if "hiven" in each["url"]
    ]
    size = len(
        await (await board.page.request.get(f"{board.house.home.url}{url}")).body()
    )
    loads = [await _load(board, url) for _ in range(_TIMES)]
    figures = {
        "bytes to load": (size, _MOST_BYTES),
        "ms to run the file": (median(loads), _MOST_MS_TO_LOAD),
    }
    for tag in _CARDS:
        times = await board.page.evaluate(_UPDATE, tag)
        figures[f"ms to update {tag}"] = median(times), _MOST_MS_TO_UPDATE
    for name, (figure, most) in figures.items():
        step(f"{figure:.6g} {name} (at most {most:g})")
    if wrong := [name for name, (figure, most) in figures.items() if figure > most]:
        raise DemoError(f"too many {', '.join(wrong)}")


async def _load(board: Person, url: str) -> float:
    """Return how long a page's main thread works on the file, in milliseconds."""
    page = await board.page.context.new_page()
    await page.goto(f"{board.house.home.url}/robots.txt")
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    before = await _busy(session)
    await page.evaluate("url => import(url)", url)
    after = await _busy(session)
    await page.close()
    return (after - before) * 1000


async def _busy(session: CDPSession) -> float:
    """Return how many seconds the page's main thread has worked."""
    answer = await session.send("Performance.getMetrics")
    metrics = {each["name"]: each["value"] for each in answer["metrics"]}
    return float(metrics["TaskDuration"])
