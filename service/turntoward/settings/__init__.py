"""`household.yaml` and the environment, as one frozen value.

What the core needs of it is in `turntoward.core.household`. Nothing is connected here, and no rule is read from a file;
`listening` says what the rules of a household want to hear.
"""

from turntoward.settings.home import HOME_ASSISTANT, MQTT, Settings, Told
from turntoward.settings.listening import Listening, NotAnAnswer
from turntoward.settings.loading import BY_ENVIRONMENT, load_settings, load_settings_and_document, with_environment
from turntoward.settings.scenes import Scene
from turntoward.settings.sections import (
    BUTTON_PREFIX,
    DemoHome,
    HomeAssistantSettings,
    HomePartner,
    HomeSignal,
    MqttSettings,
    Place,
)
from turntoward.settings.speakers import Speaker
from turntoward.settings.topics import OurTopics

__all__ = [
    "BUTTON_PREFIX",
    "BY_ENVIRONMENT",
    "HOME_ASSISTANT",
    "MQTT",
    "DemoHome",
    "HomeAssistantSettings",
    "HomePartner",
    "HomeSignal",
    "Listening",
    "MqttSettings",
    "NotAnAnswer",
    "OurTopics",
    "Place",
    "Scene",
    "Settings",
    "Speaker",
    "Told",
    "load_settings",
    "load_settings_and_document",
    "with_environment",
]
