"""The MQTT broker: what happens at home comes in as events, what channels publish goes out.

`Mqtt` is both `ports.Source` and `ports.Broker`. Our topics are in `topics`, what a message means in `meaning`, how a
question to the broker gets its answer in `exchange`, how the client is set up in `client`. Nothing here may decide what
an event leads to.
"""

from turntoward.adapters.mqtt.connection import Mqtt

__all__ = ["Mqtt"]
