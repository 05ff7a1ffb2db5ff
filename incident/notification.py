"""By which method is somebody notified next, when, and why? The pure decisions about one page.

A page is one person to be woken on one level. `plan` makes notifications of it by the person's own rules
(E13), `due` says which of them leave now, and `after_failure` what follows when a provider fails. The flow
`page` and the watchdog ask the same functions; asking again before anything is due does nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.configuration import Configuration, Contact
from incident.contacts import usable_contacts
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


class Traffic(_Value):
    """What else goes to the same contact of the same person, for all incidents."""

    last_sent_at: AwareDatetime | None = None
    waiting: Annotated[
        tuple[int, ...], Field(description="The notifications that are due, this one too, oldest first.")
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
    """A page has just gone to this contact: wait, and bundle what comes meanwhile."""

    id: int
    until: AwareDatetime
    reason: str


class Drop(_Value):
    """Nobody needs this one any more."""

    id: int
    reason: str


Action = Send | Hold | Drop


class Hurry(_Value):
    """The next method of the plan is due at once."""

    id: int
    reason: str


class GiveUp(_Value):
    """No method of this person works."""

    reason: str


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


def after_failure(
    configuration: Configuration, name: str, notifications: Sequence[Notification], now: datetime
) -> Planned | Hurry | GiveUp | None:
    """What follows when a try of a page has failed: the next method, and that at once (E4).

    First comes what the plan has anyway; then, if nothing was sent yet, every other contact that can be used.
    """
    failed = [each for each in notifications if each.state is PageState.FAILED]
    reason = "; ".join(f"{each.contact.method}: {each.outcome}" for each in failed)
    owed = [each for each in notifications if each.state is PageState.OWED]
    if owed:
        following = min(owed, key=lambda each: (each.due_at, each.id))
        return Hurry(id=following.id, reason=f"at once, {reason}") if following.due_at > now else None
    if any(each.state is PageState.SENT for each in notifications):
        return None
    person = configuration.people.get(name)
    tried = {each.contact.method for each in notifications}
    for contact in usable_contacts(configuration, person) if person else ():
        if contact.method not in tried:
            return Planned(contact=contact, due_at=now, because=f"the next contact, {reason}")
    return GiveUp(reason=reason or "no way to reach them is configured")


def merged(planned: Planned, earlier: Notification) -> Planned:
    """A newer page takes the place of an older one that was not sent, at the earlier of both times (E13)."""
    return planned.model_copy(update={"due_at": min(planned.due_at, earlier.due_at)})


def _leave(notification: Notification, traffic: Traffic, now: datetime) -> Action:
    window, last = notification.contact.bundle, traffic.last_sent_at
    if window is None:
        return Send(id=notification.id, reason="due")
    if last is not None and now < last + window:
        reason = f"bundled: a page went by {notification.contact.method} at {last:%H:%M:%S UTC}"
        return Hold(id=notification.id, until=last + window, reason=reason)
    first, *others = traffic.waiting or (notification.id,)
    return Send(id=first, others=tuple(others), reason="the first that waits for this contact")
