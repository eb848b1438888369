"""SmartCar Connect: the pages on which a driver connects a car."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import secrets

from aiohttp import web
from yarl import URL

from . import smartcar_pages as pages
from .brands import BRANDS, Brand
from .car import Car
from .cloud import CLIENT_ID, MODES, Cloud
from .html import Html, respond

VIRTUAL_KEY_URL = "https://www.tesla.com/_ak/smartcar.com"

# E-mail addresses that cause a refusal, as in SmartCar's test mode.
REFUSALS = {
    "smartcar@invalid-subscription.com": (
        "invalid_subscription",
        "The vehicle's connected services subscription has expired.",
    ),
    "smartcar@vehicle-incompatible.com": (
        "vehicle_incompatible",
        "The user's vehicle is not compatible.",
    ),
    "smartcar@no-vehicles.com": (
        "no_vehicles",
        "There are no vehicles associated with the user's account.",
    ),
    "smartcar@configuration-error.com": (
        "configuration_error",
        "The application is not set up to connect this vehicle.",
    ),
    "smartcar@server-error.com": (
        "server_error",
        "An unexpected error occurred. Please try again.",
    ),
}
DENIED = ("access_denied", "User denied access to application.")
FOREIGN = "smartcar@another-user.com"

_PATIENCE = timedelta(hours=1)


@dataclass
class Visit:
    """A driver's visit to the pages."""

    id: str
    brand: Brand
    redirect_uri: str
    state: str | None
    mode: str
    scope: tuple[str, ...]
    until: datetime
    cars: dict[str, Car] = field(default_factory=dict)
    car: Car | None = None


class SmartCar:
    """The pages of SmartCar Connect."""

    def __init__(self, cloud: Cloud) -> None:
        """Serve the pages of a cloud."""
        self._cloud = cloud
        self._visits: dict[str, Visit] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the pages."""
        visit = "/oauth/connect/{visit}"
        return [
            web.get("/oauth/authorize", self._authorize),
            web.post(f"{visit}/login", self._login),
            web.post(f"{visit}/vehicle", self._vehicle),
            web.post(f"{visit}/permissions", self._permissions),
        ]

    async def _authorize(self, request: web.Request) -> web.Response:
        query = request.query
        if problem := self._problem(query):
            return respond(pages.broken(problem), 400)
        make = query.get("make", "").upper()
        if not make:
            return respond(pages.brands(query))
        visit = Visit(
            id=secrets.token_urlsafe(12),
            brand=BRANDS[make],
            redirect_uri=query["redirect_uri"],
            state=query.get("state"),
            mode=query.get("mode", "live"),
            scope=tuple(query["scope"].split()),
            until=self._cloud.now() + _PATIENCE,
        )
        now = self._cloud.now()
        self._visits = {
            each.id: each for each in self._visits.values() if each.until > now
        }
        self._visits[visit.id] = visit
        return respond(self._login_page(visit))

    async def _login(self, request: web.Request) -> web.Response:
        visit = self._visit(request)
        form = await request.post()
        email = str(form.get("email", "")).strip().lower()
        if "@" not in email or not form.get("password"):
            return respond(self._login_page(visit, email, failed=True), 400)
        if refusal := REFUSALS.get(email):
            return self._leave(visit, refusal=refusal)
        if email == FOREIGN:
            cars = [self._cloud.foreign_car(visit.brand.id)]
        else:
            cars = self._cloud.offered(visit.brand.id, email)
        visit.cars = {car.id: car for car in cars}
        connected = {car.id for car in cars if self._cloud.connected(car)}
        return respond(pages.vehicles(visit.id, visit.brand, cars, connected))

    async def _vehicle(self, request: web.Request) -> web.Response:
        visit = self._visit(request)
        form = await request.post()
        visit.car = visit.cars.get(str(form.get("vehicle")))
        if visit.car is None:
            return respond(pages.broken("Choose one of your cars."), 400)
        return respond(pages.permissions(visit.id, visit.brand, visit.car, visit.scope))

    async def _permissions(self, request: web.Request) -> web.Response:
        visit = self._visit(request)
        form = await request.post()
        match form.get("decision"):
            case "deny":
                return self._leave(visit, refusal=DENIED)
            case "allow" if visit.car is not None:
                return self._leave(visit, car=visit.car)
        return respond(pages.broken("Choose whether to allow this."), 400)

    def _leave(
        self,
        visit: Visit,
        *,
        car: Car | None = None,
        refusal: tuple[str, str] = DENIED,
    ) -> web.Response:
        """Send the driver back to the application."""
        del self._visits[visit.id]
        if car is not None:
            query = {"code": self._cloud.codes.issue(car, visit.redirect_uri)}
            if visit.brand.id == "TESLA":
                query["virtual_key_url"] = VIRTUAL_KEY_URL
        else:
            query = dict(zip(("error", "error_description"), refusal, strict=True))
        if visit.state is not None:
            query["state"] = visit.state
        location = URL(visit.redirect_uri).extend_query(query)
        return web.Response(
            status=302,
            headers={"Location": str(location), "Cache-Control": "no-store"},
        )

    def _visit(self, request: web.Request) -> Visit:
        visit = self._visits.get(request.match_info["visit"])
        if visit is None:
            page = pages.broken("This sign-in is over. Start again from your app.")
            raise web.HTTPGone(text=page, content_type="text/html")
        return visit

    def _login_page(
        self, visit: Visit, email: str = "", *, failed: bool = False
    ) -> Html:
        return pages.login(
            visit.id,
            visit.brand,
            mode=visit.mode,
            hints={
                **{address: error for address, (error, _) in REFUSALS.items()},
                FOREIGN: "a car that another user has connected",
            },
            email=email,
            failed=failed,
        )

    def _problem(self, query: Mapping[str, str]) -> str | None:
        """Return the error in the application's request."""
        make = query.get("make", "").upper()
        # The address is checked first, so that nobody is redirected to an unknown one.
        for is_fine, problem in (
            (
                query.get("redirect_uri") in self._cloud.redirect_uris,
                "The address to return to is not whitelisted: redirect_uri.",
            ),
            (
                query.get("client_id") == CLIENT_ID,
                "The application is not known: client_id.",
            ),
            (
                query.get("response_type") == "code",
                "The response type has to be code: response_type.",
            ),
            (query.get("mode", "live") in MODES, "The mode is not known: mode."),
            (query.get("scope"), "No permissions are asked for: scope."),
            (not make or make in BRANDS, "The brand is not known: make."),
        ):
            if not is_fine:
                return problem
        return None
