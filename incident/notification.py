"""By which method is somebody notified next, when, and why? The pure decisions about one page.

A page is one person to be woken on one level. `plan` makes notifications of it by the person's own rules
(E13), and `due` says which of them leave now; what follows when a provider fails is in `incident.failover`.
The flow `page` and the watchdog ask the same functions; asking again before anything is due does nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.configuration import Configuration, Contact
from incident.contacts import usable_contacts
from incident.limits import Limit, turn
from incident.notification_rules import Rule, Urgency
from incident.story import PageState


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Planned(_Value):
    """One method of a page, when it is due while nobody has answered, and because of which rule."""

    contact: Contact
    due_at: AwareDatetime
    because: str


class Notification(_Value):
    """A planned method as it stands now."""

    id: int
    contact: Contact
    due_at: AwareDatetime
    state: PageState = PageState.OWED
    outcome: str = ""
    skipped: Annotated[bool, Field(description="Its provider was in trouble, and nobody waited for it.")] = (
        False
    )
    slot: Annotated[bool, Field(description="It has waited for its turn within the provider's limit.")] = (
        False
    )


class Traffic(_Value):
    """What else goes to the same contact of the same person, for all incidents."""

    last_sent_at: AwareDatetime | None = None
    waiting: Annotated[
        tuple[int, ...], Field(description="The notifications that are due, this one too, oldest first.")
    ] = ()
    limit: Limit | None = None
    lately: Annotated[bool, Field(description="A page went to it within the last minute, or is going.")] = (
        False
    )
    next_turn: Annotated[
        AwareDatetime | None, Field(description="When a message for it has its turn already.")
    ] = None
    taken: Annotated[
        tuple[AwareDatetime, ...],
        Field(description="What counts for the limit: gone, or with a turn to come."),
    ] = ()


class Situation(_Value):
    """What is true now of everything that a decision about a page depends on."""

    answered: Annotated[str | None, Field(description="Why nobody is to be disturbed any more.")] = None
    traffic: Annotated[dict[str, Traffic], Field(description="By method.")] = {}


class Send(_Value):
    """Send this one now; it names the incidents of the others, too."""

    id: int
    others: tuple[int, ...] = ()
    reason: str


class Hold(_Value):
    """Wait, and bundle what comes meanwhile: a page has just gone there, or its provider is at its limit."""

    id: int
    until: AwareDatetime
    reason: str
    slot: bool = False


class Drop(_Value):
    """Nobody needs this one any more."""

    id: int
    reason: str


Action = Send | Hold | Drop


def plan(configuration: Configuration, name: str, urgency: Urgency, since: datetime) -> tuple[Planned, ...]:
    """The methods of a page that was decided at this instant; empty if the person cannot be reached.

    Without rules for the urgency it is the first contact that can be used; `after_failure` passes on.
    """
    person = configuration.people.get(name)
    contacts = usable_contacts(configuration, person) if person else ()
    if person is None or not contacts:
        return ()
    by_method = {contact.method: contact for contact in reversed(contacts)}
    rules = [rule for rule in person.rules.of(urgency) if rule.by in by_method]
    because = f"{urgency} urgency" if rules else "the first contact"
    zone = person.timezone or configuration.organisation.working_hours.timezone
    quiet = person.rules.quiet if urgency is Urgency.LOW else None
    begins = quiet.over(since, zone) if quiet else since
    planned = []
    for rule in rules or [Rule(by=contacts[0].method)]:
        due_at = quiet.over(begins + rule.after, zone) if quiet else begins + rule.after
        waited = f", after quiet hours until {due_at:%H:%M UTC}" if due_at > since + rule.after else ""
        why = f"{because}, {rule}{waited}"
        planned.append(Planned(contact=by_method[rule.by], due_at=due_at, because=why))
    return tuple(planned)


def due(notifications: Sequence[Notification], situation: Situation, now: datetime) -> tuple[Action, ...]:
    """What is to be done now about the notifications of one page.

    The first page to a contact leaves at once. If the contact bundles, what comes within its time waits for
    the end of it and is sent as one message by the oldest that waits, so that two processes agree on one.
    """
    owed = [each for each in notifications if each.state is PageState.OWED]
    if situation.answered:
        return tuple(Drop(id=each.id, reason=situation.answered) for each in owed)
    ripe = [each for each in owed if each.due_at <= now]
    return tuple(_leave(each, situation.traffic.get(each.contact.method, Traffic()), now) for each in ripe)


def merged(planned: Planned, earlier: Notification) -> Planned:
    """A newer page takes the place of an older one that was not sent, at the earlier of both times (E13)."""
    return planned.model_copy(update={"due_at": min(planned.due_at, earlier.due_at)})


def _leave(notification: Notification, traffic: Traffic, now: datetime) -> Action:
    window, last = notification.contact.bundle, traffic.last_sent_at
    if window is None:
        return _within_limit(notification, traffic, now)
    if last is not None and now < last + window:
        reason = f"bundled: a page went by {notification.contact.method} at {last:%H:%M:%S UTC}"
        return Hold(id=notification.id, until=last + window, reason=reason)
    return _first_of(notification, traffic)


def _within_limit(notification: Notification, traffic: Traffic, now: datetime) -> Action:
    """At once if it is the first page to somebody, or there is room; else when it is its turn."""
    if notification.slot:
        return _first_of(notification, traffic)
    if traffic.limit is None or not traffic.lately:
        return Send(id=notification.id, reason="due")
    until = traffic.next_turn or turn(traffic.limit, traffic.taken, now)
    if until <= now:
        return Send(id=notification.id, reason="due")
    via = notification.contact.via
    reason = f"{traffic.limit} by {via}: its turn is at {until:%H:%M:%S UTC}"
    return Hold(id=notification.id, until=until, reason=reason, slot=True)


def _first_of(notification: Notification, traffic: Traffic) -> Send:
    first, *others = traffic.waiting or (notification.id,)
    return Send(id=first, others=tuple(others), reason="the first that waits for this contact")
