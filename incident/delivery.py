"""What became of a page at its provider? What providers say later, whether they are asked or tell it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from incident.configuration import Configuration
from incident.identity import who


class DeliveryState(StrEnum):
    """How far a page came."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"


class Delivery(BaseModel):
    """What the provider says later of a page; ``acknowledged_by`` is how it knows the person."""

    model_config = ConfigDict(frozen=True)

    state: DeliveryState
    acknowledged_by: str = ""
    detail: str = ""


def is_news(known: DeliveryState | None, said: DeliveryState) -> bool:
    """Does it change what is known? Providers repeat themselves, and their reports overtake each other.

    When a page failed, the next method has left by then; an acknowledgement counts whatever came before.
    """
    order = list(DeliveryState)
    return known is None or order.index(said) > order.index(known)


def acknowledged_by(configuration: Configuration, via: str, said: str, paged: str) -> str:
    """The person whom a provider means; whoever was paged, if it names nobody, or nobody whom we know.

    It may say an id, a mail address, or the name that is shown there.
    """
    if not said.strip():
        return paged
    named = [key for key, person in configuration.people.items() if said in (key, person.name)]
    return who(configuration, via, said, email=said) or (named[0] if len(named) == 1 else paged)
