"""What is asked of an alert, one question at a time?

Each answers with an outcome, or with the reason why it has none: then the next one is asked. The order stands
in `incident.triage`.
"""

from datetime import timedelta

from incident.alert import Alert, AlertStatus, EndState
from incident.grouping import OpenIncident, beside, why_apart
from incident.outcomes import Attach, Open, Outcome, Resolve, Suppress
from incident.quiet import Quiet
from incident.thresholds import too_mild
from incident.triage_situation import FLAPPING, Situation

Answer = Outcome | str
"""An outcome, or why there is none."""

LOOK_AGAIN = timedelta(minutes=5)
"""How often an alert is looked at whose cause is another one: it may end, and this one may go on firing."""


def information(alert: Alert, _: Situation) -> Answer:
    """Is nothing firing at all?"""
    if alert.status is AlertStatus.INFO:
        reason = "the monitor calls it information; nothing is firing"
        return Suppress(end_state=EndState.BELOW_THRESHOLD, reason=reason)
    return f"the monitor says: {alert.status}"


def acknowledgement(alert: Alert, situation: Situation) -> Answer:
    """Did somebody acknowledge it at the monitor?"""
    if alert.status is not AlertStatus.ACKNOWLEDGED:
        return "it is no acknowledgement"
    if (live := situation.condition.live) is None:
        return _without_incident(alert)
    return Attach(incident=live.key, reason=f"acknowledged at the monitor; {live.key} is open for it")


def recovery(alert: Alert, situation: Situation) -> Answer:
    """Has the condition ended? A recovery is told to its incident, whatever is silenced."""
    condition = situation.condition
    if alert.status is not AlertStatus.RESOLVED:
        return "it is no recovery"
    if (live := condition.live) is None:
        return _without_incident(alert)
    if situation.before.has_fired_since(alert):
        return _duplicate("the recovery of an earlier firing came late; it has fired again since")
    if condition.told is AlertStatus.RESOLVED:
        return _duplicate(f"{live.key} was told of this recovery before")
    if situation.before.flapping and situation.flaps:
        return flapping(alert, situation)
    calmed = "it has calmed down, and " if situation.before.flapping else ""
    return Resolve(incident=live.key, reason=f"{calmed}the monitor reports recovery; {live.key} is told")


def duplicate(alert: Alert, situation: Situation) -> Answer:
    """Does its incident know of this very firing?"""
    condition = situation.condition
    if condition.incident is None or not condition.is_told(alert):
        return "this firing has not led to an incident yet"
    known = condition.incident
    if not known.live and known.service != situation.service:
        return f"{known.key}, where it was known, was about {known.service} and is over"
    return _duplicate(f"the same firing was delivered before, for {known.key}")


def silence(_: Alert, situation: Situation) -> Answer:
    """Does somebody want nobody to be woken for it?"""
    return _quiet(situation.silence) if situation.silence else "no silence applies"


def maintenance(_: Alert, situation: Situation) -> Answer:
    """Is it being worked on?"""
    return _quiet(situation.maintenance) if situation.maintenance else "no maintenance is now"


def inhibition(_: Alert, situation: Situation) -> Answer:
    """Is it a consequence of something else that fires?"""
    if situation.inhibitor is None:
        return "no cause fires that inhibits it"
    return Suppress(
        end_state=EndState.INHIBITED,
        reason=situation.inhibitor.reason,
        until=situation.now + LOOK_AGAIN,
        by=situation.inhibitor.label,
    )


def flapping(_: Alert, situation: Situation) -> Answer:
    """Does its incident know that it goes on and off?"""
    live, found = situation.condition.live, situation.flaps
    if found is None:
        return "it does not flap"
    if live is None:
        return f"{found.reason}; but no incident is open for it"
    if situation.before.flapping:
        return Suppress(
            end_state=EndState.DUPLICATE,
            reason=f"{live.key} knows that {found.reason}",
            until=found.calm_at,
            by=FLAPPING,
        )
    return Attach(incident=live.key, reason=found.reason, until=found.calm_at, by=FLAPPING)


def its_incident(_: Alert, situation: Situation) -> Answer:
    """Is an incident open for this condition?"""
    if (live := situation.condition.live) is None:
        return "no incident is open for this condition"
    calmed = ", steadily after it flapped" if situation.before.flapping else ""
    return _joins(live, f"it fires again{calmed} while {live.key} is open for it", situation)


def threshold(_: Alert, situation: Situation) -> Answer:
    """Do so few alerts of this sort mean nothing?"""
    tally = situation.tally
    if tally is None:
        return "no threshold is meant for it"
    if tally.enough:
        return tally.words
    return Suppress(end_state=EndState.BELOW_THRESHOLD, reason=tally.words, by=tally.label)


def group(_: Alert, situation: Situation) -> Answer:
    """Is an incident open for others of its group?"""
    found, rule = situation.group, situation.grouping
    if found is None:
        return f"nothing is open for {rule.words(situation.service, situation.labels)}"
    if apart := why_apart(found, rule, situation.proposal, situation.received_at):
        return apart
    words = rule.words(situation.service, situation.labels)
    if found.service != situation.service:
        return _joins(found, f"the incident of {words} was merged into {found.key}", situation)
    return _joins(found, f"{found.key} is open for the same service, {words}", situation)


def dependency(_: Alert, situation: Situation) -> Answer:
    """Is a service down that its service needs?"""
    if (down := situation.dependency) is None:
        return "nothing that its service depends on is down"
    reason = f"{situation.service} depends on {down.service}, which is down ({down.key})"
    return _joins(down, reason, situation)


def minimum_severity(alert: Alert, situation: Situation) -> Answer:
    """Is it too mild to open an incident?"""
    minimum = situation.minimum_severity
    if minimum is None or not too_mild(alert.severity, minimum):
        return f"{alert.severity} is not below the minimum, {minimum}" if minimum else "no minimum is set"
    reason = f"{alert.severity} is milder than {minimum}, from which incidents of {situation.service} open"
    return Suppress(end_state=EndState.BELOW_THRESHOLD, reason=reason)


def open_one(_: Alert, situation: Situation) -> Open:
    """What is left needs somebody."""
    known, rule = situation.group, situation.grouping
    nothing = f"nothing is open for {rule.words(situation.service, situation.labels)}"
    apart = why_apart(known, rule, situation.proposal, situation.received_at) if known else None
    parts = [apart or nothing, situation.tally.words if situation.tally else ""]
    parts += [situation.flaps.reason if situation.flaps else ""]
    parts += [situation.routed.reason if situation.routed.by_route else ""]
    return Open(reason="; ".join(filter(None, parts)))


def _joins(incident: OpenIncident, reason: str, situation: Situation) -> Attach:
    """With another service's incident it is looked at again: what fires when that is over needs its own."""
    words, rises = beside(incident, situation.grouping, situation.proposal)
    joined = Attach(incident=incident.key, reason=reason + words, rises=rises)
    if incident.service == situation.service:
        return joined
    again = {"until": situation.now + LOOK_AGAIN, "by": f"dependency {incident.key}"}
    return joined.model_copy(update=again)


def _quiet(quiet: Quiet) -> Suppress:
    return Suppress(end_state=quiet.end_state, reason=quiet.reason, until=quiet.until, by=quiet.label)


def _duplicate(reason: str) -> Suppress:
    return Suppress(end_state=EndState.DUPLICATE, reason=reason)


def _without_incident(alert: Alert) -> Suppress:
    return _duplicate(f"{alert.status} without an open incident for this condition")
