"""A dashboard for Home Assistant, made for the entities this home really has. Pure: values in, configuration out.

`view` puts it together, `hero` is its heart, `written` makes YAML of it; `entities` and `rituals` know what there is.
Only cards that come with Home Assistant are used. Nothing here may ask or change a Home Assistant, count anything, or
show what is private.
"""

from turntoward.dashboard.entities import Entities
from turntoward.dashboard.rituals import Shown, shown
from turntoward.dashboard.view import ICON, Couple, dashboard
from turntoward.dashboard.written import as_yaml

__all__ = ["ICON", "Couple", "Entities", "Shown", "as_yaml", "dashboard", "shown"]
