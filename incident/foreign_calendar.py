"""Which calendars of others are read, and what is known of one once it was expanded to single events?"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from incident.duration import PositiveDuration
from incident.environment import FromEnvironment
from incident.wall_clock import known_zone

LEAST_PAUSE = timedelta(minutes=1)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Meant(StrEnum):
    """Where an event says who is on call."""

    ATTENDEES = "attendees"
    SUMMARY = "summary"
    EITHER = "either"


class ForeignCalendar(_Frozen):
    """An iCalendar that somebody else keeps, and that is read again and again."""

    url: Annotated[str, Field(pattern=r"^(https?|webcals?)://")] | FromEnvironment = Field(
        description="https://, http:// or webcal://. Such addresses are often secret: then {env: NAME}."
    )
    zone: Annotated[str, AfterValidator(known_zone)] | None = Field(
        default=None,
        description="For whole days and for times without a zone. Left out: that of the schedule, or of the "
        "organisation.",
    )
    every: PositiveDuration = Field(
        default=timedelta(minutes=15), ge=LEAST_PAUSE, description="How often it is read, at least 1m."
    )
    allow_private: bool = Field(
        default=False,
        description="Also read it from an address that only our own network can reach; otherwise refused, "
        "because whoever writes the address could look around in there.",
    )


class ShiftCalendar(ForeignCalendar):
    """A calendar whose events are shifts."""

    who: Meant = Field(
        default=Meant.EITHER,
        description="attendees, summary, or either: the attendees if one of them is known, else the summary.",
    )
    people: dict[str, tuple[str, ...]] = Field(
        default={},
        description="What people are called there, by their names under people:. Full names, names and "
        "mail addresses under people: are known anyway.",
    )


class Attendee(_Frozen):
    """Somebody who is invited to an event."""

    name: str = ""
    email: str = ""


class ForeignEvent(_Frozen):
    """One event of a foreign calendar, after its rules of recurrence were followed."""

    start: AwareDatetime
    end: AwareDatetime
    summary: str = ""
    attendees: tuple[Attendee, ...] = ()


class Imported(_Frozen):
    """A time in which the calendar puts people on call, or says that a person is away."""

    start: AwareDatetime
    end: AwareDatetime
    people: tuple[str, ...]
    summary: str = ""
