"""Has somebody who should call every so often called? Each call, and each look at the clock, is one decision.

A nightly backup, a cron job or another monitor calls an address. What is due is an instant in a row, so that
no timer dies with a process; here it is only decided what an event means. Somebody who does not call is a
condition like any other: it fires once, and the call that comes back resolves it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, assert_never

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import AlertSeverity
from incident.duration import Duration, PositiveDuration
from incident.environment import FromEnvironment

LONGEST_TEXT = 4000
"""Characters that are kept of what a caller sends along: the last ones, where an error usually stands."""


class Heartbeat(BaseModel):
    """Somebody who must call every so often."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Annotated[
        PositiveDuration, Field(description="At the latest so long after a call the next one comes.")
    ]
    grace: Annotated[Duration, Field(description="So much later it may be, before it is missed.")] = (
        timedelta(minutes=5)
    )
    takes: Annotated[
        PositiveDuration | None,
        Field(description="After /start, so long until the call that it is done; left out: the grace."),
    ] = None
    starts: Annotated[
        AwareDatetime | None, Field(description="The first call is awaited from then on; left out: at once.")
    ] = None
    title: Annotated[str, Field(description="What is wrong when it is silent, in a few words.")] = ""
    service: Annotated[str | None, Field(description="A name under services:; left out: routes: decide.")] = (
        None
    )
    severity: AlertSeverity = AlertSeverity.ERROR
    labels: dict[str, str] = {}
    token: Annotated[
        FromEnvironment | None, Field(description="Left out: `incident heartbeats address` shows one.")
    ] = None


class Signal(StrEnum):
    """What a call says."""

    DONE = "done"
    START = "start"
    FAIL = "fail"


class Trouble(StrEnum):
    """Why an alert fires."""

    SILENT = "silent"
    NEVER_CALLED = "never_called"
    NOT_DONE = "not_done"
    FAILED = "failed"


class Watch(BaseModel):
    """What is known of one of them; ``due_at`` is when silence becomes an alert, None while one fires."""

    model_config = ConfigDict(frozen=True)

    due_at: AwareDatetime | None
    called_at: AwareDatetime | None = None
    began_at: Annotated[AwareDatetime | None, Field(description="/start came, and nothing since.")] = None
    trouble: Trouble | None = None
    since: Annotated[AwareDatetime | None, Field(description="Since when there is trouble.")] = None
    excused_at: Annotated[AwareDatetime | None, Field(description="When its silence was excused last.")] = (
        None
    )


class Raise(BaseModel):
    """An alert begins."""

    model_config = ConfigDict(frozen=True)

    trouble: Trouble
    since: AwareDatetime
    said: str = ""


class Settle(BaseModel):
    """The alert ends; ``because`` says why."""

    model_config = ConfigDict(frozen=True)

    because: str


Report = Raise | Settle
Outcome = tuple[Watch, Report | None]


def begin(beat: Heartbeat, now: datetime) -> Watch:
    """How somebody new is awaited: within one interval and its grace, from the stated start on."""
    return Watch(due_at=max(beat.starts or now, now) + beat.every + beat.grace)


def called(beat: Heartbeat, watch: Watch, signal: Signal, said: str, now: datetime) -> Outcome:
    """What a call changes. Only one that says that all is done ends an alert."""
    match signal:
        case Signal.DONE:
            after = Watch(due_at=now + beat.every + beat.grace, called_at=now)
            return after, Settle(because="the call has come") if watch.trouble else None
        case Signal.START:
            return _begun(beat, watch, now), None
        case Signal.FAIL:
            return _failed(watch, said, now)
        case _:
            assert_never(signal)


def _begun(beat: Heartbeat, watch: Watch, now: datetime) -> Watch:
    """A second start without an end moves nothing: a job that is restarted for ever must be noticed."""
    if watch.began_at is not None:
        return watch
    due = now + (beat.takes or beat.grace) if watch.trouble is None else None
    return watch.model_copy(update={"began_at": now, "due_at": due})


def _failed(watch: Watch, said: str, now: datetime) -> Outcome:
    if watch.trouble:
        return watch.model_copy(update={"trouble": Trouble.FAILED, "began_at": None}), None
    failed = {"trouble": Trouble.FAILED, "since": now, "due_at": None, "began_at": None}
    report = Raise(trouble=Trouble.FAILED, since=now, said=said[-LONGEST_TEXT:])
    return watch.model_copy(update=failed), report


def looked(watch: Watch, now: datetime) -> Outcome:
    """Is it missed by now? While an alert fires there is nothing to be missed."""
    if watch.due_at is None or now < watch.due_at:
        return watch, None
    trouble = _trouble_of_silence(watch)
    missed = {"trouble": trouble, "since": watch.due_at, "due_at": None}
    return watch.model_copy(update=missed), Raise(trouble=trouble, since=watch.due_at)


def _trouble_of_silence(watch: Watch) -> Trouble:
    if watch.began_at is not None:
        return Trouble.NOT_DONE
    return Trouble.SILENT if watch.called_at else Trouble.NEVER_CALLED


def excused(beat: Heartbeat, watch: Watch, away_since: datetime, back_at: datetime) -> Watch:
    """Its timer after a time in which nobody could have heard it: from ``away_since`` until ``back_at``.

    Whose call may have come meanwhile is awaited for one whole interval more: otherwise an outage of ours, or
    a clock that leaps, would raise everything at once. Who was missed before that is not excused.
    """
    if watch.due_at is None or watch.due_at < away_since:
        return watch
    earliest = watch.due_at - 2 * beat.grace
    if watch.began_at is None and back_at < earliest:
        return watch
    later = back_at + (beat.takes or beat.grace if watch.began_at else beat.every + beat.grace)
    return watch.model_copy(update={"due_at": max(watch.due_at, later), "excused_at": back_at})


def reawaited(beat: Heartbeat, watch: Watch, now: datetime) -> Watch:
    """Its timer after the clock was set back, or its interval was changed: a whole interval from now."""
    if watch.due_at is None:
        return watch
    start = max(beat.starts or now, now) if watch.called_at is None else now
    return watch.model_copy(update={"due_at": start + beat.every + beat.grace})
