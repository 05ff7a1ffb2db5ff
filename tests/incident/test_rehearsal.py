"""Does a rehearsal say who is woken when, by which method and why? Nights in Rome, by the rules in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.configuration import Configuration
from incident.errors import AnswerError, NotFoundError
from incident.plan import plan_of
from incident.progress import start
from incident.rehearsal import World, play
from incident.rehearsed import Happening
from incident.severity import Severity
from incident.situation import Turn
from incident.why import Rehearsal, instant_for, known_service, rehearse, zone_of
from tests.incident.organisations import SMALL, organisation

DST_NIGHT = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
"""01:30 in Rome; the clocks jump from 02:00 to 03:00 then. Alice is on call until Monday 09:00."""

ALICE: dict[str, Any] = {"targets": [{"person": "alice"}]}
BOB: dict[str, Any] = {"targets": [{"person": "bob"}]}
PRIMARY: dict[str, Any] = {"targets": [{"schedule": "primary"}]}
ON_CONSOLE = {"contacts": [{"via": "console"}]}


def policies(*levels: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"checkout": {"levels": list(levels), "repeat": 0, **keys}}


def rota(*users: str, **keys: Any) -> dict[str, Any]:
    """The schedule of the small organisation with other people in it."""
    layer = {"users": list(users), "start": "2026-11-02T09:00:00", "handoff": {"unit": "week"}}
    return {"primary": {"timezone": "Europe/Rome", "layers": [layer], **keys}}


def rehearsed(
    at: datetime = DST_NIGHT, severity: int = 1, turns: dict[str, Turn] | None = None, **sections: Any
) -> Rehearsal:
    return rehearse(organisation(**sections), "checkout", Severity(severity), at, turns)


def told(found: Rehearsal) -> list[str]:
    """Minute, level, who by what, or what happens instead: `5: 2 bob mail`."""
    return [
        f"{each.elapsed / timedelta(minutes=1):g}: {'-' if each.level is None else each.level} "
        + (f"{each.person} {each.method}" if each.what is Happening.PAGED else each.what)
        for each in found.entries
    ]


def override(kind: str, minutes: tuple[int, int] = (0, 60), **who: Any) -> dict[str, Any]:
    start, end = (DST_NIGHT + timedelta(minutes=each) for each in minutes)
    return {"kind": kind, "start": start.isoformat(), "end": end.isoformat(), **who}


NIGHTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "each level after the wait of the one before, then the fallback": (
        {"policies": policies(PRIMARY, BOB, fallback=[{"team": "payments"}])},
        ["0: 1 alice console", "5: 2 bob mail", "10: - unreached", "10: 0 alice console", "10: 0 bob mail"],
    ),
    "waits are elapsed time, whatever the clocks do": (
        {"policies": policies(PRIMARY | {"wait": "90m"}, BOB, fallback=[{"person": "alice"}])},
        ["0: 1 alice console", "90: 2 bob mail", "95: - unreached", "95: 0 alice console"],
    ),
    "a gap in the schedule is left at once": (
        {
            "schedules": rota("alice", "bob", overrides=[override("remove", user="alice")]),
            "policies": policies(PRIMARY, BOB, fallback=[{"person": "alice"}]),
        },
        ["0: 1 skipped", "0: 2 bob mail", "5: - unreached", "5: 0 alice console"],
    ),
    "an override counts while it lasts, in a later round no more": (
        {
            "schedules": rota(
                "alice", "bob", overrides=[override("replace", (0, 4), user="alice") | {"with": "bob"}]
            ),
            "policies": policies(PRIMARY, repeat=1, fallback=[{"person": "alice"}]),
        },
        ["0: 1 bob mail", "5: 1 alice console", "10: - unreached", "10: 0 alice console"],
    ),
    "somebody without a contact is not there": (
        {
            "people": SMALL["people"] | {"alice": {"name": "Alice"}},
            "policies": policies(PRIMARY, BOB, fallback=[{"person": "bob"}]),
        },
        ["0: 1 skipped", "0: 2 bob mail", "5: - unreached", "5: 0 bob mail"],
    ),
    "personal rules use further methods until the end of all": (
        {
            "people": {
                "alice": {
                    "name": "Alice",
                    "contacts": [{"via": "console"}, {"via": "mail", "to": "alice@example.org"}],
                    "rules": {"high": [{"by": "console"}, {"by": "mail", "after": "2m"}]},
                },
                "bob": SMALL["people"]["bob"],
            },
            "policies": policies(PRIMARY, BOB, fallback=[{"person": "bob"}]),
        },
        ["0: 1 alice console", "2: 1 alice mail", "5: 2 bob mail", "10: - unreached", "10: 0 bob mail"],
    ),
    "what still waits for a method becomes one with the next page": (
        {
            "people": {
                "alice": {"name": "Alice", **ON_CONSOLE}
                | {"rules": {"high": [{"by": "console", "after": "7m"}]}},
                "bob": SMALL["people"]["bob"],
            },
            "policies": policies(ALICE, repeat=1, fallback=[{"person": "bob"}]),
        },
        ["7: 1 alice console", "10: - unreached", "10: 0 bob mail"],
    ),
    "a bundled contact gets what comes soon after as one message": (
        {
            "people": {
                "alice": {"name": "Alice", "contacts": [{"via": "console", "bundle": "12m"}]},
                "bob": SMALL["people"]["bob"],
            },
            "policies": policies(ALICE, repeat=2, fallback=[{"person": "bob"}]),
        },
        ["0: 1 alice console", "12: 1 alice console", "15: - unreached", "15: 0 bob mail"],
    ),
    "a level that is not meant for this severity is passed over": (
        {"policies": policies(BOB | {"when": {"severity": [3]}}, ALICE, fallback=[{"person": "bob"}])},
        ["0: 1 passed over", "0: 2 alice console", "5: - unreached", "5: 0 bob mail"],
    ),
    "a level may wait for its hours": (
        {
            "policies": policies(
                BOB
                | {
                    "when": {"between": {"timezone": "Europe/Rome", "start": "03:00", "end": "04:00"}},
                    "else": "wait",
                },
                fallback=[{"person": "alice"}],
            )
        },
        ["0: 1 waits", "30: 1 bob mail", "35: - unreached", "35: 0 alice console"],
    ),
    "another policy goes on after the last round, with its own rounds": (
        {
            "policies": policies(ALICE, hand_over_to="platform")
            | {"platform": {"levels": [BOB], "repeat": 0, "fallback": [{"person": "alice"}]}}
        },
        ["0: 1 alice console", "5: - handed over", "5: 1 bob mail", "10: - unreached", "10: 0 alice console"],
    ),
    "the delay of the first level comes first": (
        {"policies": policies(ALICE | {"delay": "3m"}, fallback=[{"person": "bob"}])},
        ["3: 1 alice console", "8: - unreached", "8: 0 bob mail"],
    ),
    "without a fallback everybody who is named is paged": (
        {"policies": policies(ALICE, BOB)},
        [
            "0: 1 alice console",
            "5: 2 bob mail",
            "10: - unreached",
            "10: 0 skipped",
            "10: 0 alice console",
            "10: 0 bob mail",
        ],
    ),
    "whoever comes on call meanwhile is paged at the handoff, if the policy says so": (
        {
            "schedules": rota(
                "alice", "bob", overrides=[override("replace", (2, 60), user="alice") | {"with": "bob"}]
            ),
            "policies": policies(PRIMARY, page_newcomers=True, fallback=[{"person": "alice"}]),
        },
        ["0: 1 alice console", "2: 1 bob mail", "5: - unreached", "5: 0 alice console"],
    ),
}


@pytest.mark.parametrize(("sections", "expected"), NIGHTS.values(), ids=NIGHTS)
def test_who_is_woken_when(sections: dict[str, Any], expected: list[str]) -> None:
    assert told(rehearsed(**sections)) == expected


def test_every_page_says_because_of_which_rules() -> None:
    first, second, *_ = rehearsed().entries
    assert first.rule == "round 1 of 3, level 1 of 2 pages schedule primary, 5m to answer"
    assert first.because == "on call for primary until Mon 29 Mar 07:00 UTC"
    assert first.method_rule == "the first contact, console at once"
    assert (second.because, second.method_rule) == ("named in the policy", "the first contact, mail at once")


def test_whatever_pages_nobody_says_why() -> None:
    alone = rota("alice", "bob", overrides=[override("remove", user="alice")])
    skipped, *_ = rehearsed(schedules=alone).entries
    assert (skipped.what, skipped.rule) == (Happening.SKIPPED, "nobody is on call for primary")


def test_whoever_is_on_call_changes_between_the_rounds_of_a_night() -> None:
    handoff = datetime(2027, 3, 29, 6, 58, tzinfo=UTC)  # two minutes before bob's week begins
    found = rehearsed(handoff, policies=policies(PRIMARY, repeat=1, fallback=[{"person": "bob"}]))
    assert [each.person for each in found.entries if each.level == 1] == ["alice", "bob"]


@pytest.mark.parametrize(
    ("severity", "service", "expected"),
    [
        (3, {}, ["0: - waits", "1830: 1 alice console"]),
        (3, {"page_at_night": True}, ["0: 1 alice console"]),
        (2, {}, ["0: 1 alice console"]),
    ],
    ids=[
        "a severity 3 waits for the morning",
        "unless its service is paged at night",
        "a severity 2 does not",
    ],
)
def test_when_the_first_page_leaves(severity: int, service: dict[str, Any], expected: list[str]) -> None:
    hours = {"organisation": {"working_hours": {"timezone": "Europe/Rome"}}}
    services = {"checkout": {"policy": "checkout"} | service}
    found = rehearsed(
        severity=severity, services=services, policies=policies(ALICE, fallback=[{"person": "bob"}]), **hours
    )
    assert told(found)[: len(expected)] == expected


def test_low_urgency_waits_for_the_end_of_quiet_hours() -> None:
    rules = {"low": [{"by": "console"}], "quiet": {"start": "22:00", "end": "07:00"}}
    people = {"alice": {"name": "Alice", **ON_CONSOLE, "timezone": "Europe/Rome", "rules": rules}}
    services = {"checkout": {"policy": "checkout", "page_at_night": True}}
    found = rehearsed(
        severity=3,
        people=people,
        teams={},
        schedules=rota("alice"),
        services=services,
        policies=policies(ALICE, fallback=[{"person": "alice"}]),
    )
    assert told(found) == ["5: - unreached", "270: 0 alice console"]  # 07:00 is an hour sooner this night


def test_a_round_robin_goes_on_from_its_pointer_and_stays_with_the_incident() -> None:
    turns = policies({"targets": [{"round_robin": ["alice", "bob"]}]}, repeat=1)
    known = {"checkout/0": Turn(last="alice")}
    paged = [each.person for each in rehearsed(policies=turns, turns=known).entries if each.level == 1]
    assert paged == ["bob", "bob"]
    paged = [each.person for each in rehearsed(policies=turns).entries if each.level == 1]
    assert paged == ["alice", "alice"]


def test_it_ends_when_the_fallback_was_paged_once_and_says_when_it_is_reminded() -> None:
    found = rehearsed()
    assert sum(each.level == 0 for each in found.entries) == 2
    assert found.entries[-1].elapsed == timedelta(minutes=30)
    assert found.reminded_at == DST_NIGHT + timedelta(minutes=90)


def test_one_that_is_cut_off_tells_what_leaves_before_the_next_step_and_no_more() -> None:
    configuration = organisation(policies=policies(ALICE, BOB, repeat=9))
    plan = plan_of(configuration, "checkout")
    world = World(configuration, plan, Severity.CRITICAL)
    played = play(world, start(plan, DST_NIGHT), DST_NIGHT, steps=3)
    assert [each.person for each in played.entries] == ["alice", "bob", "alice"]
    assert not played.exhausted
    assert played.progress.next_at == DST_NIGHT + timedelta(minutes=15)


def test_what_is_not_rehearsed_is_named() -> None:
    engaged = {"checkout": {"policy": "checkout", "engage": [{"policy": "checkout"}]}}
    assert rehearsed(services=engaged).beside == (
        "if nobody has assessed it within 10m, level 2 is paged beside this",
        "once it is assessed, it is also paged by: checkout",
    )
    assert len(rehearsed(services=engaged, severity=3).beside) == 1


class TestTheQuestion:
    @pytest.mark.parametrize(
        ("written", "instant"),
        [
            ("2027-03-28T02:30+01:00", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
            ("2027-03-28T01:30Z", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
            ("2027-03-28T03:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ],
        ids=["an offset that the zone does not have then", "UTC", "the clock of the schedule"],
    )
    def test_the_same_instant_is_written_in_many_ways(self, written: str, instant: datetime) -> None:
        assert instant_for(organisation(), "checkout", written) == instant

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [
            ("2027-03-28T02:30", "does not exist in Europe/Rome: write 2027-03-28T03:00.02:00"),
            ("2026-10-25T02:30", "happens twice in Europe/Rome: write 2026-10-25T02:30.02:00 or"),
            ("half past two", "'half past two' is no time; write one with an offset, such as"),
            ("1790000000", "'1790000000' is no time"),
        ],
    )
    def test_a_time_that_is_none_is_refused_with_what_to_write(self, written: str, sentence: str) -> None:
        with pytest.raises(AnswerError, match=sentence):
            instant_for(organisation(), "checkout", written)

    def test_without_a_service_it_is_the_default_one(self) -> None:
        assert known_service(organisation(), "") == "checkout"
        with pytest.raises(NotFoundError, match=r"did you mean checkout\? known: checkout"):
            known_service(organisation(), "checkuot")

    @pytest.mark.parametrize(
        ("target", "zone"),
        [
            ({"schedule": "primary"}, "Europe/Rome"),
            ({"next_on_call": "primary"}, "Europe/Rome"),
            ({"round_robin": ["bob", {"schedule": "primary"}]}, "Europe/Rome"),
            ({"person": "bob"}, "UTC"),
        ],
        ids=lambda each: next(iter(each)) if isinstance(each, dict) else each,
    )
    def test_its_zone_is_that_of_the_first_schedule_else_of_the_working_hours(
        self, target: dict[str, Any], zone: str
    ) -> None:
        configuration: Configuration = organisation(policies=policies({"targets": [target]}))
        assert zone_of(configuration, plan_of(configuration, "checkout")) == zone
