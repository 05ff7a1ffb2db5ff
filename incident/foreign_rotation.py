"""Who is on call by a tool in which a team keeps its schedules, and what does its answer mean here?

Such a tool is asked again and again who is on call now. Its last answer holds until the next one, however
long the tool is away; nothing is known of what it will say later.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from incident.duration import PositiveDuration, write_duration
from incident.foreign_calendar import LEAST_PAUSE, Imported
from incident.imports import Names

KNOWN_AHEAD = timedelta(days=1)
"""So far ahead an answer is taken to hold, and on until midnight (UTC), lest calendars move all the time."""

_MINUTE = timedelta(minutes=1)


class ForeignRotation(BaseModel):
    """A schedule that is kept in another tool, which is asked who is on call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connection: str = Field(min_length=1, description="A name under connections:, of a rotation source.")
    schedule: str = Field(
        min_length=1, description="What the schedule is called there: PagerDuty's id, Opsgenie's name."
    )
    every: PositiveDuration = Field(
        default=timedelta(minutes=1), ge=LEAST_PAUSE, description="How often it is asked, at least 1m."
    )
    people: dict[str, tuple[str, ...]] = Field(
        default={},
        description="What people are called there, by their names under people:. Their names, mail addresses "
        "and known_as: are known anyway.",
    )


class OnCallThere(BaseModel):
    """What a tool has answered, as it is kept."""

    model_config = ConfigDict(frozen=True)

    connection: str
    schedule: str
    people: tuple[str, ...]

    @classmethod
    def kept(cls, text: str, rotation: ForeignRotation) -> "OnCallThere | None":
        """What was kept of this rotation; None: nothing, or it is what another one said."""
        try:
            found = cls.model_validate_json(text)
        except ValidationError:
            return None
        same = (found.connection, found.schedule) == (rotation.connection, rotation.schedule)
        return found if same else None


def names_known(
    people: Mapping[str, tuple[str, ...]], rotation: ForeignRotation, ids: Mapping[str, str]
) -> Names:
    """What people are called by a tool: ``people`` has what they are called anywhere, ``ids`` only there."""
    return Names(
        {
            key: (*known, *rotation.people.get(key, ()), *([ids[key]] if key in ids else []))
            for key, known in people.items()
        }
    )


def on_call_there(
    said: OnCallThere, names: Names, now: datetime
) -> tuple[tuple[Imported, ...], tuple[str, ...]]:
    """The shift that an answer means from now on, and remarks about people who are not known here."""
    found = [(names.who(each), each) for each in said.people]
    known = tuple(dict.fromkeys(person for person, _ in found if person))
    remarks = tuple(
        f"{each!r} is on call on {said.schedule} of {said.connection}, and cannot be found under people:"
        for person, each in found
        if person is None
    )
    summary = f"{said.connection}: {said.schedule}"
    shift = Imported(start=now, end=_until(now), people=known, summary=summary)
    return ((shift,) if known else ()), remarks


def told(schedule: str, rotation: ForeignRotation, age: timedelta | None, problem: str) -> str:
    """How far what a tool said can be trusted, in a sentence; ``age`` of its answer, None: it gave none."""
    tool = f"{rotation.schedule} of {rotation.connection}"
    if age is None:
        why = problem or "not yet asked"
        return f"who is on call for {schedule} is not known: {tool} has not answered ({why})"
    when = f"{write_duration(age // _MINUTE * _MINUTE)} ago" if age >= _MINUTE else "just now"
    answered = f"who is on call for {schedule} is what {tool} said {when}"
    return f"{answered}; it cannot be asked now: {problem}" if problem else answered


def _until(now: datetime) -> datetime:
    day = (now + KNOWN_AHEAD).astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), UTC)
