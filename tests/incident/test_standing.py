"""Does the walk over a policy agree with asking the schedules at every instant?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from incident.oncall import next_on_call, on_call, previous_on_call
from incident.reachability import weaknesses
from incident.standing import Rota, standing
from tests.incident.organisations import organisation
from tests.incident.rotas import PEOPLE, rotations

START = datetime(2027, 3, 1, tzinfo=UTC)
END = START + timedelta(days=30)
VIA = {"ada": "mail", "ben": "hook", "cleo": "mail", "dan": "console", "eve": "hook"}

minutes = st.lists(st.integers(0, 30 * 24 * 60 - 1), max_size=8)
limited = st.builds(
    lambda rotation, until: {**rotation, "until": until},
    rotations,
    st.none() | st.integers(-20, 40).map(lambda days: START + timedelta(days=days)),
)


def with_schedules(levels: list[dict[str, Any]], *layers: dict[str, Any]) -> Any:
    names = ("one", "two")
    return organisation(
        people={name: {"name": name, "contacts": [{"via": VIA[name], "to": "x"}]} for name in PEOPLE},
        teams={},
        schedules={
            name: {"timezone": "Europe/Rome", "layers": [layer]}
            for name, layer in zip(names, layers, strict=True)
        },
        policies={"checkout": {"levels": levels}},
        connections={"mail": {"type": "smtp-mail"}, "hook": {"type": "signed-webhook"}},
        use={},
    )


@settings(max_examples=60, deadline=None)
@given(first=limited, second=limited, moments=minutes)
def test_a_severity_1_is_weak_exactly_when_those_on_call_are_too_few(
    first: dict[str, Any], second: dict[str, Any], moments: list[int]
) -> None:
    levels = [{"targets": [{"schedule": name}]} for name in ("one", "two")]
    small = with_schedules(levels, first, second)
    found = weaknesses(small, "checkout", START, END)
    edges = [edge for each in found for edge in (each.start, each.end - timedelta.resolution)]
    for moment in [*edges, *(START + timedelta(minutes=minute) for minute in moments)]:
        people = {name for schedule in small.schedules.values() for name in on_call(schedule, moment)}
        ways = {VIA[name] for name in people} - {"console"}
        weak = any(each.start <= moment < each.end for each in found)
        assert weak == (ways != {"mail", "hook"})


@settings(max_examples=60, deadline=None)
@given(layer=limited, moments=minutes)
def test_next_and_previous_are_those_of_the_schedule_at_every_instant(
    layer: dict[str, Any], moments: list[int]
) -> None:
    levels = [{"targets": [{"next_on_call": "one"}]}, {"targets": [{"previous_on_call": "one"}]}]
    small = with_schedules(levels, layer, layer)
    schedule, policy = small.schedules["one"], small.policies["checkout"]
    walk = list(standing(small, policy, {"one": Rota.of(schedule, START, END)}, START, END))
    for moment in (START + timedelta(minutes=minute) for minute in moments):
        (stretch,) = (each for each in walk if each.start <= moment < each.end)
        following, before = next_on_call(schedule, moment), previous_on_call(schedule, moment)
        assert [sorted(level.certain) for level in stretch.levels] == [
            list(following.on_call) if following else [],
            list(before.on_call) if before else [],
        ]
