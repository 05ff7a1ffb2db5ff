"""How do people write times in a schedule?

With an offset a time is an instant; without one it is a local time of the schedule that it stands in, and
becomes an instant as soon as the zone is known.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from incident.impossible import why_impossible
from incident.wall_clock import WallClock


def _possible(written: object) -> object:
    """Refuse times that do not exist, and numbers, which pydantic would read as seconds since 1970."""
    if isinstance(written, int | float) or (isinstance(written, str) and written.strip().isdigit()):
        raise ValueError(f"{written} is no date and time: write one such as 2027-03-01T09:00")
    return _existing(written)


def _existing(written: object) -> object:
    if isinstance(written, str) and (reason := why_impossible(written)):
        raise ValueError(reason)
    return written


def _as_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment


Moment = Annotated[datetime, BeforeValidator(_possible), AfterValidator(_as_utc)]
LocalDate = Annotated[date, BeforeValidator(_existing)]


class Dated(BaseModel):
    """Something with times in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def placed_in(self, clock: WallClock) -> Self:
        """The same with its local times as instants (S5).

        Raises:
            ValidationError: the clocks skip or repeat a time; its place is the key of that time.
        """
        local = {name: value for name, value in self if isinstance(value, datetime) and value.tzinfo is None}
        if not local:
            return self
        placed, errors = dict[str, datetime](), list[InitErrorDetails]()
        for name, value in local.items():
            try:
                placed[name] = clock.exact(value)
            except ValueError as reason:
                error = PydanticCustomError("impossible_time", "{reason}", {"reason": str(reason)})
                errors.append(InitErrorDetails(type=error, loc=(name,), input=value))
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return type(self).model_validate({**dict(self), **placed})


def runs_backwards(start: datetime, end: datetime) -> bool:
    """Whether an end does not come after its start; a local time and an instant cannot be compared yet."""
    return (start.tzinfo is None) == (end.tzinfo is None) and end <= start
