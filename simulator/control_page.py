"""The page that shows the cars, with buttons to control them."""

from .html import Html, html
from .style import STYLE

_STYLE = Html("""
body { padding: 2rem 1rem; }
main { max-width: 60rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
header h1 { flex: 1; margin: 0; white-space: nowrap; }
header span { color: var(--soft); font-size: .875rem; }
header button { padding: .5rem 1rem; }
#cars {
  display: grid; gap: 1rem; margin-top: 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr));
}
article {
  padding: 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1.25rem;
}
article h2 { margin: 0; font-size: 1.125rem; }
.status { margin: 0; font-size: .875rem; }
.soc { font-size: 2.25rem; font-weight: 700; line-height: 1.2; margin-top: .75rem; }
.soc small { font-size: 1rem; font-weight: 400; color: var(--soft); }
.bar { height: .5rem; margin: .5rem 0 1rem; border-radius: 1rem; background: var(--line); }
.bar div { height: 100%; border-radius: 1rem; background: var(--accent); }
.charging .bar div { animation: charge 1.2s ease-in-out infinite alternate; }
@keyframes charge { to { opacity: .45; } }
@media (prefers-reduced-motion: reduce) { .charging .bar div { animation: none; } }
dl { display: grid; grid-template-columns: auto 1fr; gap: .125rem 1rem; font-size: .8125rem; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; }
.buttons :last-child { grid-column: 1 / -1; }
button:disabled { opacity: .45; cursor: default; }
[role=status] { margin: 1rem 0 0; color: var(--wrong); font-weight: 600; }
[role=status]:empty { display: none; }
.none { padding: 3rem 1rem; text-align: center; grid-column: 1 / -1; }
""")

_SCRIPT = Html("""
const words = {
  CHARGING: "Charging", NOT_CHARGING: "Not charging", COMPLETE: "Charged",
  CHARGING_COMPLETED: "Charged", DISCONNECTED: "Disconnected",
  PLUGGED: "Plugged in, waiting",
};
const behaviors = {
  SMART_CHARGE_OFF: "Off", SMART_CHARGE_AT_LOCATION: "Smart, at locations",
  SMART_CHARGE_ANYWHERE: "Smart, anywhere",
};
let zone;
const at = (text, timeStyle) => new Date(text).toLocaleTimeString(
  "en-GB", {timeStyle, timeZone: zone});
const soc = (goal) => goal ? `${goal.value} ${goal.unit === "KM" ? "km" : "%"}` : "–";
const make = (tag, props, ...inside) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...inside);
  return element;
};
const post = async (path, body) => {
  await fetch(`/_simulator/${path}`, {
    method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify(body),
  });
  await refresh();
};
const rows = (facts) => Object.entries(facts).flatMap(
  ([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]);
const card = (car) => {
  const wants = car.preferences ?? {};
  const bar = make("div", {});
  bar.style.width = `${Math.max(0, Math.min(100, Number(car.soc) || 0))}%`;
  const away = car.at_home ? "" : ", away";
  const button = (text, change, props = {}) => make("button", {
    type: "button", className: "quiet", onclick: () => post(`cars/${car.id}`, change),
    ...props,
  }, text);
  const plan = car.windows.map(([start, end]) =>
    `${at(start, "short")}–${at(end, "short")}`);
  return make("article", {className: car.status === "CHARGING" ? "charging" : ""},
    make("h2", {}, car.name),
    make("p", {className: "status"}, (words[car.status] ?? String(car.status)) + away),
    make("div", {className: "soc"}, `${car.soc} % `, make("small", {}, `${car.range} km`)),
    make("div", {className: "bar"}, bar),
    make("dl", {}, ...rows({
      "Smart charging": behaviors[wants.chargingBehavior] ?? "not set",
      "Target": soc(wants.targetSoC),
      "Ready": wants.readyTime ?? "–",
      "Planned": plan.join(", ") || "–",
      "Battery": car.capacity === null ? "not reported" : `${car.capacity} kWh`,
      "Reported": at(car.timestamp, "medium"),
    })),
    make("div", {className: "buttons"},
      button(car.plugged_in ? "Unplug" : "Plug in", {plugged_in: !car.plugged_in},
        {className: car.plugged_in ? "quiet" : ""}),
      button("Drive", {drive_km: 60}, {disabled: !car.at_home}),
      button(car.charges_fast ? "Charge as planned" : "Charge fast",
        {charges_fast: !car.charges_fast})));
};
let shown = "";
const refresh = async () => {
  const [cars, clock, cloud] = await Promise.all(["cars", "clock", "cloud"].map(
    async (what) => (await fetch(`/_simulator/${what}`)).json()));
  zone = clock.time_zone;
  document.getElementById("speed").textContent =
    [`${clock.speed}× as fast as life`, ...cloud.dialects].join(" · ");
  const toggle = (id, text, path, change) => {
    const button = document.getElementById(id);
    button.textContent = text;
    button.onclick = () => post(path, change);
  };
  toggle("pause", clock.paused ? "Resume" : "Pause", "clock", {paused: !clock.paused});
  toggle("down", cloud.down ? "Cloud up" : "Cloud down", "cloud", {down: !cloud.down});
  const state = cloud.down ? "The cloud is down: every API call is answered with 503." : "";
  const status = document.querySelector("[role=status]");
  if (status.textContent !== state) status.textContent = state;
  // Redrawn only after a change, so that a button keeps its focus.
  if (shown === JSON.stringify(cars)) return;
  shown = JSON.stringify(cars);
  const focused = [...document.querySelectorAll("article button")]
    .indexOf(document.activeElement);
  document.getElementById("cars").replaceChildren(...cars.length ? cars.map(card)
    : [make("p", {className: "none"}, "No car is connected yet.")]);
  document.querySelectorAll("article button")[focused]?.focus();
};
const loop = async () => {
  try { await refresh(); } catch { /* the simulator has ended, or restarts */ }
  setTimeout(loop, 1000);
};
loop();
""")

PAGE = html(
    t"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hiven simulator</title>
<link rel="icon" href="data:,">
<style>{STYLE}{_STYLE}</style>
</head>
<body>
<main>
<header><h1>Hiven simulator</h1><span id="speed"></span>
<button id="pause" class="quiet" type="button">Pause</button>
<button id="down" class="quiet" type="button">Cloud down</button></header>
<p role="status"></p>
<div id="cars"></div>
<noscript><p>This page needs JavaScript; /_simulator/cars does not.</p></noscript>
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""
)
