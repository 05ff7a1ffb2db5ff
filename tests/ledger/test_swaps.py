"""Does an offered shift go to one person, with its override, whatever happens at the same moment?"""

from datetime import timedelta
from typing import Any

import pytest

from incident.changes import Change
from incident.decisions import Via
from incident.errors import AnswerError, IncidentError, NotFoundError, TransitionError
from incident.oncall import on_call
from incident.swaps import Proposal, SwapState
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.overrides import add_override, overrides, withdraw_override
from ledger.rota_tables import SwapRow
from ledger.rota_turn import Actor
from ledger.rotas import schedules_at
from ledger.swaps import decline_swap, find_swap, offer_swap, swaps, take_swap, withdraw_swap
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import START, together

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = SMALL["people"] | {name: {"name": name, "email": f"{name}@example.org"} for name in ("carla", "dan")}
ALICE, BOB, CARLA, DAN = (Actor(name, Via.CLI) for name in ("alice", "bob", "carla", "dan"))
HANDOFF = START.replace(hour=8, minute=0)
"""From alice to bob, who has the week after it."""
PART = {"start": HANDOFF + DAY, "end": HANDOFF + 2 * DAY}


@pytest.fixture
def ledger(ledger: Ledger) -> Ledger:
    """With carla and dan, who are in no rotation."""
    ledger.write(accept_configuration, organisation(people=PEOPLE), START - DAY)
    return ledger


def offer(ledger: Ledger, actor: Actor = BOB, **wish: Any) -> int:
    proposal = Proposal.model_validate({"schedule": "primary", "reason": "a wedding"} | (wish or PART))
    return ledger.write(offer_swap, proposal, actor, START).id or 0


def who(ledger: Ledger) -> str:
    return "+".join(on_call(ledger.read(schedules_at, START)["primary"], HANDOFF + 1.5 * DAY))


def test_a_shift_is_offered_whole_to_anybody_and_changes_nothing_yet(ledger: Ledger) -> None:
    number = offer(ledger, shift=HANDOFF + DAY)
    (row,) = ledger.read(swaps, START)
    assert (row.id, row.person, row.to, row.reason) == (number, "bob", None, "a wedding")
    assert (row.starts_at, row.ends_at, row.expires_at) == (HANDOFF, HANDOFF + 7 * DAY, HANDOFF + 7 * DAY)
    assert who(ledger) == "bob"


def test_whoever_takes_it_stands_in_at_once(ledger: Ledger) -> None:
    number = offer(ledger)
    taken = ledger.write(take_swap, number, CARLA, START + HOUR, said="gladly")
    assert who(ledger) == "carla"
    (override,) = ledger.read(overrides, START)
    assert (taken.row.override_id, override.by, override.reason) == (
        override.id,
        "carla",
        f"swap {number}: a wedding",
    )
    assert (taken.row.state, taken.row.answered_by, taken.row.answer) == (SwapState.TAKEN, "carla", "gladly")
    assert (taken.warnings, ledger.read(swaps, START)) == ((), [])


def test_taking_it_again_changes_nothing(ledger: Ledger) -> None:
    number = offer(ledger)
    first = ledger.write(take_swap, number, CARLA, START + HOUR).row
    again = ledger.write(take_swap, number, CARLA, START + 2 * HOUR).row
    assert (again.override_id, again.answered_at) == (first.override_id, START + HOUR)
    assert len(ledger.read(overrides, START)) == 1


def test_of_several_who_take_it_at_once_one_gets_it_and_the_others_hear_who(ledger: Ledger) -> None:
    number = offer(ledger)

    def tried(actor: Actor) -> str:
        try:
            return ledger.write(take_swap, number, actor, START + HOUR).row.answered_by or ""
        except TransitionError as refused:
            return str(refused)

    told = together(*(lambda actor=actor: tried(actor) for actor in (CARLA, DAN, ALICE)))  # type: ignore[misc]  # a lambda with a default
    winner = ledger.read(find_swap, number).answered_by
    assert sorted(told) == sorted([winner, *[f"swap {number}: {winner} took it at 2026-11-23 04:10 UTC"] * 2])
    assert len(ledger.read(overrides, START)) == 1
    assert who(ledger) == winner


def test_taking_and_withdrawing_at_once_ends_in_one_of_both(ledger: Ledger) -> None:
    number = offer(ledger)

    def tried(what: Any, actor: Actor) -> bool:
        try:
            ledger.write(what, number, actor, START + HOUR)
        except TransitionError:
            return False
        return True

    won = together(lambda: tried(take_swap, CARLA), lambda: tried(withdraw_swap, BOB))
    state = ledger.read(find_swap, number).state
    assert won in ([True, False], [False, True])
    assert (state is SwapState.TAKEN, who(ledger) == "carla") == (won[0], won[0])


def test_who_was_asked_may_decline_and_the_shift_can_be_offered_again(ledger: Ledger) -> None:
    number = offer(ledger, to="carla", **PART)
    with pytest.raises(TransitionError, match="it is offered to carla, not to you"):
        ledger.write(take_swap, number, DAN, START)
    for _ in range(2):
        row = ledger.write(decline_swap, number, CARLA, START + HOUR, said="no")
    assert (row.state, row.answer) == (SwapState.DECLINED, "no")
    assert offer(ledger) != number


def test_whoever_offered_may_withdraw(ledger: Ledger) -> None:
    number = offer(ledger)
    for _ in range(2):
        assert ledger.write(withdraw_swap, number, BOB, START + HOUR).state is SwapState.WITHDRAWN
    with pytest.raises(TransitionError, match="bob withdrew it at 2026-11-23 04:10 UTC"):
        ledger.write(take_swap, number, CARLA, START + 2 * HOUR)


def test_an_offer_expires_and_is_listed_no_more(ledger: Ledger) -> None:
    number = offer(ledger, expires_at=START + HOUR, **PART)
    assert ledger.read(swaps, START + HOUR) == []
    assert [row.id for row in ledger.read(swaps, START + HOUR, every=True)] == [number]
    with pytest.raises(TransitionError, match="it expired at 2026-11-23 04:10 UTC; offer the shift again"):
        ledger.write(take_swap, number, CARLA, START + HOUR)


def test_in_the_middle_of_the_shift_the_rest_is_taken(ledger: Ledger) -> None:
    number = offer(ledger)
    middle = HANDOFF + 1.25 * DAY
    ledger.write(take_swap, number, CARLA, middle)
    (override,) = ledger.read(overrides, middle)
    assert (override.starts_at, override.ends_at) == (middle, PART["end"])


class TestWhenThingsHaveChanged:
    REPLACED = {"kind": "replace", "user": "bob", "with": "dan"} | PART

    def override(self, ledger: Ledger, **changes: Any) -> int:
        change = {"schedule": "primary", "override": self.REPLACED | changes}
        return ledger.write(add_override, Change.model_validate(change), DAN, START).row.id or 0

    def test_a_shift_that_is_not_theirs_any_more_is_not_taken(self, ledger: Ledger) -> None:
        number = offer(ledger)
        self.override(ledger)
        with pytest.raises(TransitionError, match="bob is not on call in that time any more"):
            ledger.write(take_swap, number, CARLA, START)

    def test_whoever_is_on_call_then_does_not_take_it(self, ledger: Ledger) -> None:
        number = offer(ledger)
        joining = {"kind": "add", "user": "carla"} | PART
        change = Change.model_validate({"schedule": "primary", "override": joining})
        ledger.write(add_override, change, DAN, START)
        with pytest.raises(TransitionError, match="you are on call for primary in that time yourself"):
            ledger.write(take_swap, number, CARLA, START)

    def test_one_that_contradicts_another_override_stays_open(self, ledger: Ledger) -> None:
        number = offer(ledger)
        leaving = {"kind": "remove", "user": "carla"} | PART
        change = Change.model_validate({"schedule": "primary", "override": leaving})
        made = ledger.write(add_override, change, DAN, START)
        with pytest.raises(TransitionError, match=r"carla already has an override \(remove\)"):
            ledger.write(take_swap, number, CARLA, START)
        assert ledger.read(find_swap, number).state is SwapState.OFFERED
        ledger.write(withdraw_override, made.row.id or 0, DAN, START)
        assert ledger.write(take_swap, number, CARLA, START).row.state is SwapState.TAKEN

    def test_what_was_taken_is_changed_and_not_offered_again(self, ledger: Ledger) -> None:
        """S11: carla's override would contradict the one that comes of another swap, so she hears it now."""
        ledger.write(take_swap, offer(ledger), CARLA, START)
        with pytest.raises(TransitionError, match=r"carla already has an override \(replace\)"):
            offer(ledger, CARLA)


@pytest.mark.parametrize(
    ("actor", "wish", "kind", "problem"),
    [
        pytest.param(
            ALICE, PART, AnswerError, "alice is not on call from 2026-11-24 08:00", id="not one's own"
        ),
        pytest.param(BOB, PART | {"to": "zoe"}, NotFoundError, "'zoe' is not under people:", id="a stranger"),
        pytest.param(BOB, PART | {"to": "bob"}, AnswerError, "to: it is your own shift", id="oneself"),
        pytest.param(
            Actor("zoe", Via.CLI), PART, NotFoundError, "'zoe' is not under people:", id="by a stranger"
        ),
        pytest.param(
            BOB,
            PART | {"schedule": "x"},
            NotFoundError,
            "'x' is not under schedules:; known: primary",
            id="where",
        ),
    ],
)
def test_what_cannot_be_offered_is_said_and_not_kept(
    ledger: Ledger, actor: Actor, wish: dict[str, Any], kind: type[IncidentError], problem: str
) -> None:
    with pytest.raises(kind, match=problem):
        offer(ledger, actor, **wish)
    assert ledger.read(swaps, START, every=True) == []


def test_nobody_offers_the_same_time_twice(ledger: Ledger) -> None:
    number = offer(ledger)
    with pytest.raises(TransitionError, match=f"you have offered that time already: swap {number}; withdraw"):
        offer(ledger, shift=HANDOFF + DAY)


def test_an_offer_that_is_not_there_is_said(ledger: Ledger) -> None:
    for act in (take_swap, decline_swap, withdraw_swap):
        with pytest.raises(NotFoundError, match="there is no swap 7"):
            ledger.write(act, 7, BOB, START)


def test_the_list_can_be_of_one_schedule(ledger: Ledger) -> None:
    offer(ledger)
    assert len(ledger.read(swaps, START, schedule="primary")) == 1
    assert ledger.read(swaps, START, schedule="other") == []


def test_rows_stay_whatever_became_of_them(ledger: Ledger) -> None:
    ledger.write(withdraw_swap, offer(ledger), BOB, START)
    assert isinstance(ledger.read(find_swap, 1), SwapRow)
