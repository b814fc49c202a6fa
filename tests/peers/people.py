"""The two people of the test home: an account, a phone and a person entity each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.peers.api import Api
from tests.peers.configuration import PLACES

PEOPLE = ("alex", "sam")
PASSWORD = "only-for-tests"  # a home that never leaves loopback
# One of each kind, since their apps differ in what they send.
SYSTEMS = {
    "alex": ("Android", "io.homeassistant.companion.android"),
    "sam": ("iOS", "io.robbie.HomeAssistant"),
}


@dataclass(frozen=True)
class Phone:
    """What the companion app on one phone knows."""

    who: str
    webhook_id: str

    def _post(self, api: Api, kind: str, content: dict[str, Any]) -> None:
        # The app sends no token here; the webhook's id is the secret.
        anonymous = Api(api.port)
        anonymous.request("POST", f"/api/webhook/{self.webhook_id}", {"type": kind, "data": content})

    def locate(self, api: Api, place: str) -> None:
        """Report the coordinates of a place."""
        self._post(api, "update_location", {"gps": PLACES[place], "gps_accuracy": 10})

    def answer(self, api: Api, action: str, tag: str, **more: Any) -> None:
        """Report a tapped button of a notification."""
        event = {"action": action, "tag": tag, **more}
        event_type = "mobile_app_notification_action"
        self._post(api, "fire_event", {"event_type": event_type, "event_data": event})

    def scan(self, api: Api, tag_id: str) -> None:
        """Report a scanned NFC tag."""
        self._post(api, "scan_tag", {"tag_id": tag_id})


def _exchange(api: Api, code: str) -> Api:
    """Turn the code at the end of a login into a client with a token."""
    form = {"client_id": f"{api.url}/", "grant_type": "authorization_code", "code": code}
    return Api(api.port, api.request("POST", "/auth/token", form=form)["access_token"])


def create_owner(api: Api, who: str, language: str) -> str:
    """Make the first account and return a long-lived token for it."""
    account = {"name": who.title(), "username": who, "password": PASSWORD}
    client = {"client_id": f"{api.url}/", "language": language}
    answer = api.request("POST", "/api/onboarding/users", account | client)
    owner = _exchange(api, answer["auth_code"])
    token: str = owner.command("auth/long_lived_access_token", client_name="tests", lifespan=3650)
    return token


def create_member(api: Api, who: str) -> tuple[str, Api]:
    """Make an account without special rights; return its user id and a client logged in as it."""
    with api.commands() as commands:
        groups = ["system-users"]
        answer = commands.run("config/auth/create", name=who.title(), group_ids=groups)
        user_id: str = answer["user"]["id"]
        login = {"username": who, "password": PASSWORD}
        commands.run("config/auth_provider/homeassistant/create", user_id=user_id, **login)
    visitor = Api(api.port)
    client = {"client_id": f"{api.url}/"}
    start = {**client, "handler": ["homeassistant", None], "redirect_uri": f"{api.url}/"}
    flow = visitor.request("POST", "/auth/login_flow", start)
    done = visitor.request("POST", f"/auth/login_flow/{flow['flow_id']}", client | login)
    return user_id, _exchange(visitor, done["result"])


def register_phone(api: Api, who: str, push_url: str) -> Phone:
    """Register a phone as the companion app does, in the name of the client's user."""
    system, app = SYSTEMS[who]
    registration = {
        "app_id": app,
        "app_name": "Home Assistant",
        "app_version": "2025.4",
        "device_id": f"{who}-phone",
        "device_name": f"{who.title()} phone",
        "manufacturer": "Turntoward tests",
        "model": "Phone",
        "os_name": system,
        "os_version": "18",
        "supports_encryption": False,
        "app_data": {"push_token": f"{who}-token", "push_url": push_url},
    }
    answer = api.request("POST", "/api/mobile_app/registrations", registration)
    return Phone(who, answer["webhook_id"])


def attach_phones(api: Api, member: str, member_id: str) -> None:
    """Let each person entity follow the person's phone; the owner's exists already."""
    with api.commands() as commands:
        for person in commands.run("person/list")["storage"]:
            tracker = f"device_tracker.{person['name'].lower()}_phone"
            commands.run("person/update", person_id=person["id"], device_trackers=[tracker])
        tracker = f"device_tracker.{member}_phone"
        name = member.title()
        fields = {"name": name, "user_id": member_id, "device_trackers": [tracker]}
        commands.run("person/create", **fields)
