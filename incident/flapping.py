"""Does a condition go on and off? Many changes in a short time become one alert that says so."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.duration import PositiveDuration, write_duration


class Flapping(BaseModel):
    """When a condition flaps, and when it has calmed down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    changes: Annotated[
        int, Field(ge=3, le=100, description="So many changes between firing and recovered ...")
    ] = 6
    within: Annotated[PositiveDuration, Field(description="... within this time are flapping.")] = timedelta(
        minutes=30
    )
    calm: Annotated[
        PositiveDuration, Field(description="It has ended when nothing changed for this long.")
    ] = timedelta(minutes=15)


class Flaps(BaseModel):
    """A condition flaps."""

    model_config = ConfigDict(frozen=True)

    reason: str
    calm_at: Annotated[AwareDatetime, Field(description="When it is over, if nothing changes any more.")]


def flaps(rule: Flapping, changes: tuple[datetime, ...], now: datetime, *, before: bool) -> Flaps | None:
    """Does a condition flap that changed at these instants, oldest first, and flapped `before` or not?

    It begins with a change that is one too many, and ends by the clock: `calm` after the last change.
    """
    if not changes or now >= changes[-1] + rule.calm:
        return None
    recent = sum(now - at < rule.within for at in changes)
    if recent < rule.changes and not before:
        return None
    count = f"{recent} changes within {write_duration(rule.within)}"
    return Flaps(
        reason=f"it flaps: {count}; until it has been calm for {write_duration(rule.calm)}, "
        "further changes are kept back",
        calm_at=changes[-1] + rule.calm,
    )
