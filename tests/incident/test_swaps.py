"""Who may answer an offered shift, and which shift is meant?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from incident.errors import AnswerError
from incident.schedule import Schedule
from incident.shifts import own_shifts, shift_at
from incident.swaps import Answer, Offer, Proposal, SwapState, refusal, span_of

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
"""09:00 in Rome."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = MONDAY + HOUR
DAILY = Schedule.model_validate(
    {
        "timezone": "Europe/Rome",
        "layers": [{"users": ["ada", ["ben", "cleo"]], "start": MONDAY, "handoff": {"unit": "day"}}],
    }
)
ALWAYS = Schedule.model_validate({"timezone": "UTC", "layers": [{"users": ["ada"]}]})


def offer(**changes: Any) -> Offer:
    values = {"person": "ada", "to": None, "state": SwapState.OFFERED, "expires_at": NOW + DAY}
    return Offer(**(values | changes))


@pytest.mark.parametrize(
    ("answer", "to", "person", "why"),
    [
        pytest.param(Answer.TAKE, None, "ben", None, id="anybody may take what is offered to anybody"),
        pytest.param(Answer.TAKE, "ben", "ben", None, id="who is asked may take"),
        pytest.param(Answer.TAKE, "ben", "cleo", "it is offered to ben, not to you", id="nobody else may"),
        pytest.param(
            Answer.TAKE,
            None,
            "ada",
            "it is your own shift; withdraw the offer if you keep it",
            id="one's own",
        ),
        pytest.param(Answer.DECLINE, "ben", "ben", None, id="who is asked may decline"),
        pytest.param(
            Answer.DECLINE, "ben", "cleo", "it is offered to ben, not to you", id="nobody else may decline"
        ),
        pytest.param(
            Answer.DECLINE,
            None,
            "ben",
            "it is offered to anybody; leave it to somebody else",
            id="nobody declines for all",
        ),
        pytest.param(Answer.WITHDRAW, None, "ada", None, id="whoever offered may withdraw"),
        pytest.param(
            Answer.WITHDRAW, None, "ben", "it is ada's offer; only they can withdraw it", id="nobody else"
        ),
    ],
)
def test_who_may_answer(answer: Answer, to: str | None, person: str, why: str | None) -> None:
    assert refusal(offer(to=to), answer, person, NOW) == why


@pytest.mark.parametrize(
    ("state", "why"),
    [
        pytest.param(SwapState.TAKEN, "cleo took it at 2027-03-01 09:00 UTC", id="taken"),
        pytest.param(
            SwapState.DECLINED,
            "cleo declined it at 2027-03-01 09:00 UTC; offer the shift again, to somebody else",
            id="declined",
        ),
        pytest.param(SwapState.WITHDRAWN, "cleo withdrew it at 2027-03-01 09:00 UTC", id="withdrawn"),
    ],
)
@pytest.mark.parametrize("answer", Answer)
def test_the_second_answer_hears_what_the_first_was(state: SwapState, why: str, answer: Answer) -> None:
    told = refusal(offer(state=state, answered_by="cleo", answered_at=NOW), answer, "ben", NOW + 2 * DAY)
    assert told == why


def test_an_offer_ends_by_itself_and_an_answer_does_not() -> None:
    assert offer().state_at(NOW + DAY - HOUR) is SwapState.OFFERED
    assert offer().state_at(NOW + DAY) is SwapState.EXPIRED
    assert offer(state=SwapState.TAKEN).state_at(NOW + 2 * DAY) is SwapState.TAKEN
    told = refusal(offer(), Answer.TAKE, "ben", NOW + DAY)
    assert told == "it expired at 2027-03-02 09:00 UTC; offer the shift again"


def proposal(**when: Any) -> Proposal:
    return Proposal.model_validate({"schedule": "primary"} | when)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param({"shift": MONDAY + 3 * DAY - HOUR}, (2, 3), id="any time in a shift: the whole of it"),
        pytest.param({"shift": MONDAY + 2 * DAY}, (2, 3), id="its first instant is in it"),
        pytest.param({"shift": "2027-03-03T12:00"}, (2, 3), id="a local time of the schedule"),
        pytest.param({"start": MONDAY + 2 * DAY, "end": MONDAY + 2.5 * DAY}, (2, 2.5), id="a part of it"),
        pytest.param({"shift": MONDAY + 2 * HOUR}, (1 / 24, 1), id="what is left of the current one"),
    ],
)
def test_what_is_offered_is_a_shift_or_a_part_of_one(
    when: dict[str, Any], expected: tuple[float, float]
) -> None:
    span, expires_at = span_of(proposal(**when), DAILY, "ada", NOW)
    assert span == tuple(MONDAY + day * DAY for day in expected)
    assert expires_at == span[1]


def test_an_offer_may_end_earlier_but_not_later_than_the_shift() -> None:
    early = proposal(shift=MONDAY + 2 * DAY, expires_at=MONDAY + DAY)
    late = proposal(shift=MONDAY + 2 * DAY, expires_at=MONDAY + 9 * DAY)
    assert [span_of(each, DAILY, "ada", NOW)[1] for each in (early, late)] == [MONDAY + DAY, MONDAY + 3 * DAY]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        pytest.param(
            {"shift": MONDAY + 1.5 * DAY},
            "ada is not on call at 2027-03-02 20:00 UTC; the next shift begins at 2027-03-03 08:00 UTC",
            id="somebody else's shift",
        ),
        pytest.param(
            {"start": MONDAY + 2 * DAY, "end": MONDAY + 4 * DAY},
            "ada is not on call from 2027-03-03 08:00 to 2027-03-05 08:00 UTC",
            id="more than one's own shift",
        ),
        pytest.param(
            {"start": MONDAY - DAY, "end": NOW},
            "end: it is not after the start, or has passed",
            id="the past",
        ),
        pytest.param(
            {"start": MONDAY, "end": MONDAY + 4000 * DAY},
            "end: a shift that is offered has 366 days at most",
            id="more than can be looked through",
        ),
        pytest.param(
            {"shift": MONDAY + 2 * DAY, "expires_at": MONDAY},
            "expires_at: it has passed",
            id="an offer that is over before it begins",
        ),
        pytest.param(
            {"shift": "2027-03-28T02:30"},
            "shift: 2027-03-28 02:30 does not exist in Europe/Rome",
            id="S5: a local time that the clocks skip",
        ),
    ],
)
def test_what_cannot_be_offered_is_said(when: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnswerError, match=problem):
        span_of(proposal(**when), DAILY, "ada", NOW)


def test_a_shift_without_an_end_is_offered_from_when_to_when() -> None:
    with pytest.raises(AnswerError, match="does not end within 30 days; say from when to when"):
        shift_at(ALWAYS, "ada", NOW)
    part = proposal(start=MONDAY + DAY, end=MONDAY + 2 * DAY)
    assert span_of(part, ALWAYS, "ada", NOW)[0] == (MONDAY + DAY, MONDAY + 2 * DAY)


@pytest.mark.parametrize(
    "when",
    [
        pytest.param({}, id="no time"),
        pytest.param({"start": MONDAY}, id="half a time"),
        pytest.param({"end": MONDAY}, id="the other half"),
        pytest.param({"shift": MONDAY, "start": MONDAY, "end": NOW}, id="both ways at once"),
    ],
)
def test_a_proposal_says_when_in_one_way(when: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="write either shift:"):
        proposal(**when)


def test_a_shift_goes_on_when_others_join_or_leave() -> None:
    joining = {"kind": "add", "user": "zoe", "start": MONDAY + HOUR, "end": MONDAY + 5 * HOUR}
    schedule = Schedule.model_validate(DAILY.model_dump(by_alias=True) | {"overrides": [joining]})
    assert own_shifts(schedule, "ada", MONDAY, MONDAY + 2 * DAY) == ((MONDAY, MONDAY + DAY),)
    assert own_shifts(schedule, "cleo", MONDAY, MONDAY + 1.5 * DAY) == ((MONDAY + DAY, MONDAY + 1.5 * DAY),)
