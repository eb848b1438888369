"""The HTML of the SmartCar Connect pages."""

from collections.abc import Collection, Iterable, Mapping

from .brands import BRANDS, Brand
from .car import Car
from .html import Html, html, joined
from .style import STYLE

_PERMISSIONS = {
    "read_battery": ("Battery", "charge level, range and capacity"),
    "read_charge": ("Charging", "whether the car is plugged in and charging"),
    "control_charge": ("Control charging", "start and stop charging"),
    "read_vehicle_info": ("Vehicle", "brand, model and year"),
    "read_vin": ("VIN", "the vehicle identification number"),
    "read_location": ("Location", "where the car is"),
}

_STYLE = Html("""
body {
  min-height: 100vh; padding: 2rem 1rem;
  display: flex; flex-direction: column; align-items: center; justify-content: center;
}
main {
  width: 100%; max-width: 26rem; padding: 2rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 1.25rem;
  box-shadow: 0 1rem 3rem rgb(0 0 0 / .08);
}
@media (max-width: 30rem) {
  body { padding: 0; background: var(--card); justify-content: flex-start; }
  main { border: 0; border-radius: 0; box-shadow: none; padding: 1.5rem 1.25rem; }
}
header {
  display: flex; justify-content: space-between; align-items: center;
  font-size: .875rem; color: var(--soft);
}
header b { color: var(--accent); letter-spacing: .02em; }
.steps { display: flex; gap: .375rem; padding: 0; margin: 1rem 0 1.75rem; }
.steps li {
  flex: 1; height: .25rem; border-radius: 1rem; list-style: none;
  background: var(--line);
}
.steps .done { background: var(--accent); }
.badge {
  display: grid; place-items: center; width: 3.5rem; height: 3.5rem;
  margin-bottom: 1rem; border-radius: 1rem; font-weight: 700; font-size: 1.25rem;
  background: color-mix(in srgb, var(--accent) 14%, transparent); color: var(--accent);
}
label { display: block; margin-bottom: 1rem; font-size: .875rem; font-weight: 600; }
input:not([type=radio]) {
  display: block; width: 100%; margin-top: .375rem; padding: .75rem .875rem;
  font: inherit; font-weight: 400; color: inherit; background: var(--field);
  border: 1px solid var(--line); border-radius: .75rem;
}
button { display: block; width: 100%; margin-top: .75rem; }
.brands { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; }
.brands button { margin: 0; text-align: left; padding: .7rem .9rem; }
.choice {
  display: flex; align-items: center; gap: .875rem; padding: .875rem 1rem;
  border: 1px solid var(--line); border-radius: .75rem; font-size: 1rem; cursor: pointer;
}
.choice:has(:checked) { border-color: var(--accent); background: var(--field); }
.choice input { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; margin: 0; }
.choice small, dd, footer, details { color: var(--soft); font-weight: 400; }
.choice small { display: block; font-size: .875rem; }
dl { margin: 0 0 1.25rem; border-top: 1px solid var(--line); }
dl div { padding: .625rem 0; border-bottom: 1px solid var(--line); }
dt { font-weight: 600; }
dt i { font-weight: 400; color: var(--soft); }
dd { margin: 0; font-size: .875rem; }
.wrong { color: var(--wrong); font-weight: 600; }
details { margin-top: 1.5rem; font-size: .8125rem; }
details ul { padding-left: 1.1rem; margin: .5rem 0 0; }
code { font-size: .75rem; overflow-wrap: anywhere; color: var(--text); }
footer { margin: 1.25rem; font-size: .75rem; text-align: center; }
""")


def brands(query: Mapping[str, str]) -> Html:
    """Let the driver choose a brand."""
    kept = joined(
        html(t'<input type="hidden" name="{name}" value="{value}">')
        for name, value in query.items()
        if name != "make"
    )
    buttons = joined(
        html(
            t'<button class="quiet" name="make" value="{brand.id}">{brand.name}</button>'
        )
        for brand in BRANDS.values()
    )
    return _page(
        "Select your car's brand",
        1,
        html(
            t"""<p>Hiven connects to your car through its brand's own account.</p>
<form method="get" action="/oauth/authorize">{kept}
<div class="brands">{buttons}</div></form>"""
        ),
    )


def login(
    visit: str,
    brand: Brand,
    *,
    mode: str,
    hints: Mapping[str, str],
    email: str,
    failed: bool,
) -> Html:
    """Let the driver log in."""
    problem = Html("")
    if failed:
        problem = html(
            t'<p class="wrong" role="alert">Enter an e-mail address and a password.</p>'
        )
    note = "" if mode == "live" else f" This is SmartCar's {mode} mode."
    rows = joined(
        html(t"<li><code>{address}</code><br>{meaning}</li>")
        for address, meaning in hints.items()
    )
    return _page(
        f"Log in to {brand.name}",
        2,
        html(
            t"""<p>Use the account of your {brand.name} app.{note}</p>{problem}
<form method="post" action="/oauth/connect/{visit}/login">
<label>E-mail
<input type="email" name="email" value="{email}" autocomplete="username" required
 autofocus></label>
<label>Password
<input type="password" name="password" autocomplete="current-password" required></label>
<button type="submit">Log in</button>
</form>
<details><summary>This is a simulator: any address and password will do</summary>
<ul>{rows}</ul></details>"""
        ),
        brand,
    )


def vehicles(
    visit: str, brand: Brand, cars: Iterable[Car], connected: Collection[str]
) -> Html:
    """Let the driver choose one car."""
    choices = joined(
        _choice(car, chosen=index == 0, connected=car.id in connected)
        for index, car in enumerate(cars)
    )
    return _page(
        "Select your car",
        3,
        html(
            t"""<p>One car can be connected at a time.</p>
<form method="post" action="/oauth/connect/{visit}/vehicle">{choices}
<button type="submit">Continue</button></form>"""
        ),
        brand,
    )


def permissions(visit: str, brand: Brand, car: Car, scope: Iterable[str]) -> Html:
    """Let the driver allow or deny."""
    rows = joined(map(_permission, scope))
    return _page(
        "Allow Hiven to access your car?",
        4,
        html(
            t"""<p>{car.name}, {car.year}</p><dl>{rows}</dl>
<form method="post" action="/oauth/connect/{visit}/permissions">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny access</button>
</form>"""
        ),
        brand,
    )


def broken(problem: str) -> Html:
    """Show why the sign-in cannot continue."""
    return _page("Something went wrong", 0, html(t'<p class="wrong">{problem}</p>'))


def _choice(car: Car, *, chosen: bool, connected: bool) -> Html:
    checked = Html(" checked") if chosen else Html("")
    note = " · already connected" if connected else ""
    return html(
        t"""<label class="choice">
<input type="radio" name="vehicle" value="{car.id}" required{checked}>
<span>{car.name}<small>{car.model}, {car.year}{note}</small></span></label>"""
    )


def _permission(scope: str) -> Html:
    name = scope.removeprefix("required:")
    title, meaning = _PERMISSIONS.get(name, (name, ""))
    optional = html(t" <i>(optional)</i>") if name == scope else Html("")
    return html(t"<div><dt>{title}{optional}</dt><dd>{meaning}</dd></div>")


def _page(title: str, step: int, content: Html, brand: Brand | None = None) -> Html:
    steps = joined(
        html(t'<li class="{"done" if number <= step else "todo"}"></li>')
        for number in range(1, 5)
    )
    badge = Html("")
    if brand:
        badge = html(t'<div class="badge" aria-hidden="true">{brand.name[:2]}</div>')
    return html(
        t"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - SmartCar Connect (simulated)</title>
<link rel="icon" href="data:,">
<style>{STYLE}{_STYLE}</style>
</head>
<body>
<main>
<header><b>SmartCar Connect</b><span>for Hiven</span></header>
<ol class="steps" aria-hidden="true">{steps}</ol>
{badge}<h1>{title}</h1>
{content}
</main>
<footer>A simulation on your own machine: nothing you type here leaves it.</footer>
</body>
</html>
"""
    )
