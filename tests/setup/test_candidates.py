"""What a home offers to choose from, and what of it is suggested."""

from __future__ import annotations

from typing import Any

import pytest

from tests.setup.homes import Listed, entity, home
from turntoward.setup import candidates, rooms, suggestions
from turntoward.setup.found import Entity, Found

PERSONS = ("person.alex", "person.sam")


def suggested(options: list[Any]) -> list[str]:
    return [option.id for option in options if option.suggested]


def test_persons_by_their_names() -> None:
    found = home(entity("person.alex", "Alex"), entity("person.p2", "Sam Marie"), entity("person.kid", "Kim"))
    assert suggested(candidates.persons(found, "Alex")) == ["person.alex"]
    assert suggested(candidates.persons(found, "Sam Marie")) == ["person.p2"]
    assert suggested(candidates.persons(found, "Robin")) == []


def test_nobody_is_both_of_you_and_no_phone_is_both_of_yours() -> None:
    found = home(
        entity("person.alex", "Alex"), entity("person.sam", "Sam"), notify=("mobile_app_alex", "mobile_app_sam")
    )
    asker = Listed(second_person=["1", "2"], first_phone="1", second_phone=["1", "2"])
    assert rooms.persons(asker, found, ("Alex", "Sam")) == PERSONS
    assert rooms.phones(asker, found, ("Alex", "Sam"), PERSONS) == ("notify.mobile_app_alex", "notify.mobile_app_sam")
    assert [key for key, _ in asker.refused] == ["second_person", "second_phone"]


def test_a_phone_by_the_tracker_of_its_person() -> None:
    sam = entity("person.sam", "Sam", device_trackers=["device_tracker.pixel_9"])
    found = home(
        sam, notify=("mobile_app_pixel_9", "mobile_app_tablet", "persistent_notification", "mobile_app_alex_iphone")
    )
    phones = candidates.phones(found, "Sam", "person.sam")
    assert [phone.id for phone in phones] == [
        "notify.mobile_app_alex_iphone", "notify.mobile_app_pixel_9", "notify.mobile_app_tablet",
    ]  # fmt: skip
    assert suggested(phones) == ["notify.mobile_app_pixel_9"]
    assert suggested(candidates.phones(found, "Alex", None)) == ["notify.mobile_app_alex_iphone"]


PLAYER = {"supported_features": 512}


def test_speakers_by_room() -> None:
    found = home(
        entity("tts.voice"),
        entity("media_player.sonos", "Sonos", area="Wohnküche", **PLAYER),
        entity("media_player.bedroom_speaker", "Bedroom", **PLAYER),
        entity("media_player.tv", "TV", area="Living room", device_class="tv", **PLAYER),
        entity("media_player.remote", "Receiver without play", area="Hall"),
        entity("media_player.gone", "Kitchen radio", "unavailable", area="Kitchen"),
        entity("assist_satellite.hall", "Satellite", area="Hall"),
        Entity("notify.echo_speak", "Echo speak", "unknown", area="Dining room", platform="alexa_devices"),
        entity("notify.some_board", "Board"),
        notify=("alexa_media_kitchen", "mobile_app_alex"),
    )
    listed = candidates.speakers(found)
    rooms = {option.id: chosen.room for option, chosen in listed}
    assert rooms == {
        "assist_satellite.hall": "hall",
        "media_player.sonos": "wohnkueche",
        "media_player.bedroom_speaker": "bedroom",
        "media_player.gone": "kitchen",
        "notify.echo_speak": "dining_room",
        "notify.alexa_media_kitchen": "alexa",
    }
    assert suggested([option for option, _ in listed]) == [
        "assist_satellite.hall", "media_player.sonos", "notify.echo_speak",
    ], "never a bedroom, nor one that is not there"  # fmt: skip


def test_one_speaker_for_a_room_is_suggested() -> None:
    found = home(entity("tts.v"), *(entity(f"media_player.k{n}", area="Kitchen", **PLAYER) for n in (1, 2)))
    assert suggested([option for option, _ in candidates.speakers(found)]) == ["media_player.k1"]


def test_without_a_voice_a_media_player_cannot_speak() -> None:
    assert candidates.speakers(home(entity("media_player.kitchen", area="Kitchen", **PLAYER))) == []


def test_doors() -> None:
    found = home(
        entity("binary_sensor.front", "Front door", device_class="door"),
        entity("binary_sensor.fridge", "Fridge", device_class="door"),
        entity("binary_sensor.garage", "Garage", device_class="garage_door"),
        entity("binary_sensor.window", "Window", device_class="window"),
    )
    options = candidates.doors(found)
    assert {option.id for option in options} == {
        "binary_sensor.front", "binary_sensor.fridge", "binary_sensor.garage",
    }  # fmt: skip
    assert set(suggested(options)) == {"binary_sensor.front", "binary_sensor.garage"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Wohnküche", "wohnkueche"), ("Salón 2", "salon_2"), ("Große Diele", "grosse_diele"), ("客厅", "room")],
)
def test_a_room_in_small_letters(name: str, slug: str) -> None:
    assert candidates.slug(name) == slug


def signals(*entities: Entity, rooms: tuple[str, ...] = ()) -> dict[str, tuple[str, tuple[str, ...], bool]]:
    found: Found = home(
        entity("person.alex", "Alex", device_trackers=["device_tracker.pixel"]),
        entity("person.sam", "Sam", device_trackers=["device_tracker.iphone"]),
        entity("device_tracker.pixel", device="d1"),
        entity("device_tracker.iphone", device="d2"),
        *entities,
    )
    listed = suggestions.signals(found, ("Alex", "Sam"), PERSONS, rooms)
    assert len({chosen.name for _, chosen in listed}) == len(listed), "each name is there once"
    return {chosen.name: (chosen.entity, chosen.on, option.suggested) for option, chosen in listed}


@pytest.mark.parametrize(
    ("found", "name", "on", "is_suggested"),
    [
        (entity("input_boolean.guests", "Guests"), "guests", (), True),
        (entity("input_boolean.besuch", "Besuch da"), "guests", (), True),
        (entity("binary_sensor.bed_alex", "Bed Alex", device_class="occupancy"), "asleep.alex", (), True),
        (entity("binary_sensor.bed_left", "Bed left", device_class="occupancy"), "asleep.bed_left", (), False),
        (entity("sensor.pixel_phone_state", device="d1"), "on_call.alex", ("offhook", "ringing"), True),
        (entity("binary_sensor.iphone_focus", device="d2"), "focus.sam", (), False),
        (
            entity("sensor.pixel_do_not_disturb", device="d1"),
            "focus.alex",
            ("priority_only", "total_silence", "alarms_only"),
            False,
        ),
        (entity("binary_sensor.pixel_is_charging", device="d1"), "phones.alex", (), True),
        (entity("sensor.iphone_battery_state", device="d2"), "phones.sam", ("Charging", "Full"), True),
        (
            entity("sensor.tablet_battery_state", device="d9"),
            "phones.tablet_battery_state",
            ("Charging", "Full"),
            False,
        ),
        (entity("media_player.tv", "TV", device_class="tv"), "television", (), True),
        (entity("input_boolean.movie_night", "Movie night"), "film", (), True),
        (entity("binary_sensor.hall_motion", "Hall motion", device_class="motion"), "hall", (), True),
        (entity("binary_sensor.dining_chairs", "Dining chairs", device_class="occupancy"), "table", (), True),
        (entity("binary_sensor.sofa", "Sofa", device_class="occupancy"), "sofa", (), True),
    ],
)
def test_what_an_entity_could_tell(found: Entity, name: str, on: tuple[str, ...], is_suggested: bool) -> None:
    assert signals(found)[name] == (found.id, on, is_suggested)


def test_what_is_nothing_of_the_kind_is_not_offered() -> None:
    assert not signals(
        entity("binary_sensor.table_battery", "Table battery", device_class="battery"),
        entity("light.sofa", "Sofa lamp"),
        entity("input_boolean.alarm", "Alarm"),
        entity("media_player.radio", "Radio", device_class="speaker"),
    )


def test_of_several_each_has_a_name_of_its_own() -> None:
    two = [entity(f"media_player.tv_{n}", f"TV {n}", device_class="tv") for n in (1, 2)]
    assert set(signals(*two)) == {"television.tv_1", "television.tv_2"}


def test_of_two_sensors_of_one_phone_the_first_counts() -> None:
    both = (
        entity("binary_sensor.pixel_is_charging", device="d1"),
        entity("sensor.pixel_battery_state", device="d1"),
    )
    assert signals(*both) == {"phones.alex": ("binary_sensor.pixel_is_charging", (), True)}


def test_who_is_in_a_room_with_a_speaker() -> None:
    sensors = (
        entity("binary_sensor.a_motion", area="Kitchen", device_class="motion"),
        entity("binary_sensor.z_presence", area="Kitchen", device_class="occupancy"),
        entity("binary_sensor.attic", area="Attic", device_class="occupancy"),
        entity("binary_sensor.nowhere", device_class="occupancy"),
    )
    found = signals(*sensors, rooms=("kitchen", "office"))
    assert found == {"occupied.kitchen": ("binary_sensor.z_presence", (), True)}, "presence is surer than motion"
