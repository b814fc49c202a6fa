"""The small templates that Home Assistant fills in: what is on, how long it lasts, what comes next.

Each is a text for a markdown card. Nothing of the household is in them but entity ids and our own words.
"""

from __future__ import annotations

from string import Template

from turntoward.dashboard.words import Words


def greeting(words: Words, names: str) -> str:
    """Greet both by the time of day."""
    hour = "now().hour"
    said = f"'{words.morning}' if 4 <= {hour} < 11 else '{words.day}' if 11 <= {hour} < 17 else '{words.evening}'"
    return f"# {{{{ {said} }}}}, {names}"


def offered(sensor: str) -> str:
    """Show a ritual's line."""
    return _large(f"{{{{ state_attr('{sensor}', 'text') or '' }}}}")


_LEFT = Template("""
{%- set left = states('$left') | int(0) %}
{%- if 0 < left <= 30 and state_attr('$now', 'ritual') == '$ritual' %}

{{ '$minute' if left == 1 else '$minutes' }}
{%- endif %}""")


def running(words: Words, ritual: str, sensor: str, now: str, left: str) -> str:
    """Show a ritual's line, and how long it goes on once that is soon."""
    minutes = words.minutes.format(left="' ~ left ~ '")
    return offered(sensor) + _LEFT.substitute(ritual=ritual, now=now, left=left, minute=words.minute, minutes=minutes)


_NEXT = Template("""\
{%- set at = as_datetime(states('$next'), none) %}
{%- if at and state_attr('$next', 'title') %}
{%- set at = as_local(at) %}
{%- set days = (at.date() - now().date()).days %}
{%- set weekday = $weekdays[at.weekday()] %}
{%- set month = $months[at.month - 1] %}
{%- set day = '$today' if days < 1 else '$tomorrow' if days == 1 else '$on ' ~ weekday %}
{%- if days > 6 %}{% set day = day ~ ', $date' %}{% endif %}
**{{ state_attr('$next', 'title') }}**, {{ day }} $at {{ at.strftime('%H:%M') }}
{%- else %}
$nothing
{%- endif %}""")


def next_moment(words: Words, sensor: str) -> str:
    """Say which ritual comes next, and when: "High and low, today at 20:30"."""
    date = words.date.format(day="' ~ at.day ~ '", month="' ~ month ~ '")
    return _NEXT.substitute(
        next=sensor,
        weekdays=list(words.weekdays),
        months=list(words.months),
        today=words.today,
        tomorrow=words.tomorrow,
        on=words.on,
        at=words.at,
        date=date,
        nothing=words.nothing_planned,
    ).strip()


def card_of_the_day(sensor: str) -> str:
    """Show the card of the day, which may be longer than a state."""
    return _large(f"{{{{ state_attr('{sensor}', 'text') or states('{sensor}') }}}}")


_SHARED = Template("""\
{%- set lines = state_attr('$sensor', 'text') or '' %}
{%- if lines %}
**$title**

{{ lines | replace('\\n', '\\n\\n') }}
{%- endif %}""")


def shared(title: str, sensor: str) -> str:
    """Show what both have written for each other, a line each; nothing where nobody has."""
    return _SHARED.substitute(title=title, sensor=sensor)


def _large(text: str) -> str:
    """Make a line as large as what people read from across a room; a heading would be too heavy for a sentence."""
    return f'<font size="4">{text}</font>'
