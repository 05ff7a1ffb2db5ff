"""Who is on call by what the organisation says today? The one function that everything asks.

The pager, the calendar, the command line, feeds and notes all go through `with_changes`, so that they cannot
disagree: the newest accepted schedules with every version in its time, and what people changed on top.
"""

from datetime import datetime

from sqlmodel import Session

from incident.configuration import Configuration
from incident.schedule import Schedule
from ledger.configurations import configuration_in_force, with_people_of
from ledger.versions import as_changed


def with_changes(session: Session, configuration: Configuration, at: datetime) -> Configuration:
    """A configuration whose schedules and people are those of today, to be asked for any time around `at`.

    An incident keeps the policy it was opened with, but whoever is paged is resolved when a level fires (E1):
    so schedules come from the newest configuration, and from the given one only those that are not there any
    more. Their answers are right from 30 days before `at` on, and for ever after.

    Raises:
        NotFoundError: no configuration was ever accepted.
    """
    _, newest = configuration_in_force(session)
    schedules = as_changed(session, configuration.schedules | newest.schedules, at)
    return with_people_of(configuration, newest).model_copy(update={"schedules": schedules})


def schedules_at(session: Session, at: datetime) -> dict[str, Schedule]:
    """The schedules of the newest configuration, to be asked for any time from 30 days before `at` on.

    Raises:
        NotFoundError: no configuration was ever accepted.
    """
    return as_changed(session, configuration_in_force(session)[1].schedules, at)
