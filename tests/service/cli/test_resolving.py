"""Does a question get the same answer alone, among others, and as a part of a window?"""

from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from incident.neutral import write_schedule
from incident.oncall import on_call
from incident.schedule import Schedule
from service.cli.resolving import answer_batch, answer_case
from tests.incident.layered import minutes, schedules, spans

UNANSWERABLE = {"schedule": {"timezone": "Nowhere", "layers": []}, "at": "2027-01-04T12:00:00Z"}

moments = minutes.map(datetime.isoformat)
windows = spans.map(lambda span: {"from": span["start"].isoformat(), "to": span["end"].isoformat()})
questions = st.one_of(moments.map(lambda at: {"at": at}), windows)
cases = st.builds(
    lambda schedule, question: {"schedule": write_schedule(schedule), **question}, schedules, questions
)


@settings(max_examples=60, deadline=None)
@given(asked=st.lists(cases, max_size=6), broken=st.integers(0, 6))
def test_a_batch_and_single_questions_agree(asked: list[dict[str, Any]], broken: int) -> None:
    batch = [*asked[:broken], UNANSWERABLE, *asked[broken:]]
    answers, failed = answer_batch({"cases": batch})
    (error,) = (each for each in answers if isinstance(each, dict))
    assert (failed, answers.index(error)) == (True, batch.index(UNANSWERABLE))
    assert [each for each in answers if each is not error] == [answer_case(case) for case in asked]


@settings(max_examples=100, deadline=None)
@given(schedule=schedules, window=windows, instants=st.lists(moments, max_size=6))
def test_an_instant_and_the_window_around_it_agree(
    schedule: Schedule, window: dict[str, str], instants: list[str]
) -> None:
    written = write_schedule(schedule)
    start, end = (datetime.fromisoformat(window[side]) for side in ("from", "to"))
    inside = [at for at in (window["from"], *instants) if start <= datetime.fromisoformat(at) < end]
    (shifts, *names), failed = answer_batch(
        {"cases": [{"schedule": written, **window}, *({"schedule": written, "at": at} for at in inside)]}
    )
    assert not failed
    for at, people in zip(map(datetime.fromisoformat, inside), names, strict=True):
        around = [
            shift["on_call"]
            for shift in shifts
            if datetime.fromisoformat(shift["start"]) <= at < datetime.fromisoformat(shift["end"])
        ]
        assert around == ([people] if people else [])
        assert people == list(on_call(schedule, at))
