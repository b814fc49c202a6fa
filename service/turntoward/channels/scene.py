"""The channel `scene`: sets a scene of the home and undoes it, each at most once.

Before a scene without an `undo:` is set, Home Assistant takes a snapshot of what will change; undoing turns that
snapshot on. `<base>/scene/<name>` says `on` or `off`: it is the delivery of a scene Home Assistant does not have, and a
copy of the others. Nothing is remembered here: after a crash the snapshot is where it was.
"""

from __future__ import annotations

import logging

from turntoward.channels import Reach
from turntoward.core.actions import Action, SetScene
from turntoward.core.household import is_unknown
from turntoward.ports import EntityState, HomeAssistant, Impossible, NotNow, Unacknowledged
from turntoward.settings import Scene

log = logging.getLogger(__name__)


def build(reach: Reach) -> SceneChannel | None:
    """Build the channel where there is a scene to set, or somebody to tell of it."""
    sets = reach.homeassistant is not None and any(scene.set for scene in reach.settings.scenes.values())
    return SceneChannel(reach) if sets or reach.broker is not None else None


def snapshot_of(name: str) -> str:
    """Name the snapshot that undoes a scene."""
    return f"turntoward_before_{name}"


class SceneChannel:
    """Calls Home Assistant where it has the scene, and tells other programs in any case."""

    name = "scene"
    at_most_once = True

    def __init__(self, reach: Reach) -> None:
        self._scenes = reach.settings.scenes
        self._base = reach.settings.base
        self._homeassistant = reach.homeassistant
        self._broker = reach.broker
        self._clock = reach.clock

    def deliver(self, action: Action) -> None:
        """Set or undo a scene; see ports.Channel."""
        if not isinstance(action, SetScene):
            raise Impossible(f"a scene cannot carry out {type(action).__name__}")
        scene = self._scenes.get(action.scene, Scene())
        if self._homeassistant is not None and scene.set is not None:
            self._carry_out(self._homeassistant, scene, scene.set, action)
            self._copy(action)
        else:
            self._tell(action)

    def close(self) -> None:
        """A scene stays as it is: undoing it is an action of its own, also after a restart."""

    def _carry_out(self, homeassistant: HomeAssistant, scene: Scene, entity: str, action: SetScene) -> None:
        if action.on:
            if scene.undo is None:
                self._remember(homeassistant, scene, entity, action.scene)
            turn_on(homeassistant, entity)
        elif scene.undo is not None:
            turn_on(homeassistant, scene.undo)
        else:
            restore(homeassistant, f"scene.{snapshot_of(action.scene)}")

    def _remember(self, homeassistant: HomeAssistant, scene: Scene, entity: str, name: str) -> None:
        """Take a snapshot of what the scene will change; of what is not there now, nothing can be put back."""
        changed = scene.restore or _members(_there(homeassistant, entity))
        found = homeassistant.states(changed)
        snapshot = [one for one in changed if one in found and not is_unknown(found[one].state)]
        if snapshot:
            order = {"scene_id": snapshot_of(name), "snapshot_entities": snapshot}
            homeassistant.call("scene", "create", order)

    def _copy(self, action: SetScene) -> None:
        """Tell of a scene that was set; whether that works changes nothing."""
        if self._broker is not None:
            try:
                self._tell(action)
            except (NotNow, Impossible) as reason:
                log.debug("%s was not told by MQTT: %s", action.id, reason)

    def _tell(self, action: SetScene) -> None:
        if self._broker is None or any(sign in action.scene for sign in "/+#\0"):
            raise Impossible(f"this home has no scene {action.scene!r}; add it below scenes: in household.yaml")
        topic, left = f"{self._base}/scene/{action.scene}", self._clock.seconds_until(action.valid_until)
        try:
            self._broker.publish(topic, "on" if action.on else "off", expires_in=left)
        except Unacknowledged as reason:
            raise Impossible(f"it may have been told: {reason}") from None


def turn_on(homeassistant: HomeAssistant, entity: str) -> None:
    """Turn on a scene that is there; Home Assistant would call it a success where it is not."""
    _there(homeassistant, entity)
    homeassistant.call("scene", "turn_on", {"entity_id": entity})


def restore(homeassistant: HomeAssistant, snapshot: str) -> None:
    """Turn on a snapshot, and let it go: what was put back once is not put back again."""
    if snapshot not in homeassistant.states([snapshot]):
        raise Impossible(f"{snapshot} is not there: Home Assistant has been restarted since, and forgets such scenes")
    homeassistant.call("scene", "turn_on", {"entity_id": snapshot})
    try:
        homeassistant.call("scene", "delete", {"entity_id": snapshot})
    except (NotNow, Impossible) as reason:
        log.debug("%s could not be removed: %s", snapshot, reason)


def _there(homeassistant: HomeAssistant, entity: str) -> EntityState:
    """Return a scene's state; it is unknown until the scene was set for the first time."""
    state = homeassistant.states([entity]).get(entity)
    if state is None or state.state == "unavailable":
        raise NotNow(f"{entity} is {state.state if state else 'not there'}")
    return state


def _members(scene: EntityState) -> tuple[str, ...]:
    members = scene.attributes.get("entity_id", ())
    return tuple(members) if isinstance(members, list | tuple) else ()
