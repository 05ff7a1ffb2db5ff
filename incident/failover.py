"""Which way does a page take when its provider does not take it? First the same contact by another provider.

`instead:` of a connection names a second provider for the same addresses. It is used at once, under a key of
its own, so that neither provider ever sends a page twice for one reason.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from incident.configuration import Configuration, Contact
from incident.contacts import usable_contacts
from incident.errors import RetryLater
from incident.findings import Finding, Place, unknown
from incident.notification import Notification, Planned
from incident.story import PageState

QUICK = timedelta(seconds=3)
"""So long a page is tried again by its own provider while there is another way."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Hurry(_Value):
    """The next method of the plan is due at once."""

    id: int
    reason: str


class GiveUp(_Value):
    """No method of this person works."""

    reason: str


def instead_of(
    configuration: Configuration, failed: Notification, notifications: Sequence[Notification], now: datetime
) -> Planned | None:
    """The same contact by the second provider; None if there is none, or it failed, too."""
    via = failed.contact.via
    other = _second(configuration, via)
    if other is None or _has_failed(failed.contact.method, other, notifications):
        return None
    because = f"by {other} instead of {via}: {failed.outcome}"
    return Planned(contact=_by(failed.contact, other), due_at=now, because=because)


def after_failure(
    configuration: Configuration, name: str, notifications: Sequence[Notification], now: datetime
) -> Planned | Hurry | GiveUp | None:
    """What follows when a try of a page has failed: the next method, and that at once (E4).

    First comes what the plan has anyway; then, if nothing was sent yet, every other contact that can be used;
    at last what was not waited for, because its provider was in trouble.
    """
    failed = [each for each in notifications if each.state is PageState.FAILED]
    reason = "; ".join(f"{_name(each, failed)}: {each.outcome}" for each in failed)
    owed = [each for each in notifications if each.state is PageState.OWED]
    if owed:
        following = min(owed, key=lambda each: (each.due_at, each.id))
        return Hurry(id=following.id, reason=f"at once, {reason}") if following.due_at > now else None
    if any(each.state is PageState.SENT for each in notifications):
        return None
    person = configuration.people.get(name)
    methods = {each.contact.method for each in notifications}
    skipped = {_provider(each.contact) for each in failed if each.skipped}
    tried = {_provider(each.contact) for each in notifications if not each.skipped}
    for contact in usable_contacts(configuration, person) if person else ():
        if contact.method not in methods and _provider(contact) not in tried:
            return Planned(contact=contact, due_at=now, because=f"the next contact, {reason}")
    for each in failed:
        if _provider(each.contact) in skipped - tried:
            return Planned(contact=each.contact, due_at=now, because=f"after all, {reason}")
    return GiveUp(reason=reason or "no way to reach them is configured")


def another_way(
    configuration: Configuration, name: str, notifications: Sequence[Notification], this: Notification
) -> str | None:
    """What follows if a page does not wait for one of its notifications; None: this is the last way."""
    method, via = this.contact.method, this.contact.via
    other = _second(configuration, via)
    if other is not None and not _has_failed(method, other, notifications):
        return other
    for each in notifications:
        if each.state is PageState.OWED and each.contact.via != via:
            return each.contact.method
    if any(each.state is PageState.SENT for each in notifications):
        return None
    known = {each.contact.method for each in notifications}
    person = configuration.people.get(name)
    contacts = usable_contacts(configuration, person) if person else ()
    return next((each.method for each in contacts if each.method not in known and each.via != via), None)


def worth_waiting_for(failure: object, lasted: timedelta) -> bool:
    """Is a page tried again by the same provider although there is another way? Only if that is quick.

    A lost answer is not: the provider may have sent it, and must not send it twice.
    """
    if not isinstance(failure, RetryLater) or lasted > QUICK:
        return False
    return failure.after is None or failure.after <= QUICK


def check_failover(configuration: Configuration) -> Iterator[Finding]:
    """Second providers that are not known, and those that lead back to the first."""
    for name, connection in configuration.connections.items():
        if connection.instead is None:
            continue
        place: Place = ("connections", name, "instead")
        yield from unknown(place, connection.instead, "connections", configuration.connections)
        way = _followed(configuration, name)
        if len(way) > 1 and way[-1] == name:
            message = f"leads back to {name} ({' → '.join(way)}); let one of them have none"
            yield Finding(place=place, message=message)


def _followed(configuration: Configuration, name: str) -> list[str]:
    """The connections that follow each other from this one on, until one ends it or comes again."""
    way = [name]
    while (other := _second(configuration, way[-1])) is not None:
        way.append(other)
        if way.index(other) < len(way) - 1:
            break
    return way


def _second(configuration: Configuration, via: str) -> str | None:
    connection = configuration.connections.get(via)
    other = connection.instead if connection else None
    return other if other in configuration.connections else None


def _provider(contact: Contact) -> tuple[str, str]:
    return contact.via, contact.to


def _name(one: Notification, failed: Sequence[Notification]) -> str:
    """How a method is called among those that failed; with its provider if it went by two."""
    method = one.contact.method
    providers = {each.contact.via for each in failed if each.contact.method == method}
    return method if len(providers) == 1 else f"{method} by {one.contact.via}"


def _by(contact: Contact, other: str) -> Contact:
    return contact.model_copy(update={"via": other, "name": contact.method})


def _has_failed(method: str, via: str, notifications: Sequence[Notification]) -> bool:
    return any(
        each.state is PageState.FAILED and (each.contact.method, each.contact.via) == (method, via)
        for each in notifications
    )
