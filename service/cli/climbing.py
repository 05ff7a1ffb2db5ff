"""How does a person at a terminal page the next level of an incident?"""

from functools import partial

from incident.actions import Action, PageLevel
from incident.decisions import Via
from ledger.escalating import escalate_by_hand
from ledger.incidents import MANAGER_PURPOSE, configuration_for
from service.cli.app import utc_now
from service.cli.found import found_ledger, speaker


def escalate(key: str, purpose: str | None, person: str | None) -> str:
    """Escalate by hand; returns what to tell.

    Raises:
        NotFoundError: the incident, the person or the purpose is not known.
        TransitionError: paging has ended, or is held back.
    """
    with found_ledger() as ledger:
        _, configuration = ledger.read(configuration_for, key)
        by = speaker(person, configuration.people)
        asked = partial(escalate_by_hand, via=Via.CLI, purpose=purpose or MANAGER_PURPOSE)
        return f"{key}: {told(ledger.write(asked, key, by, now=utc_now()))}"


def told(actions: tuple[Action, ...]) -> str:
    """What an escalation by hand has decided, in one line; people are paged within seconds."""
    paged = [action.label for action in actions if isinstance(action, PageLevel)]
    if paged:
        return f"paging {paged[-1]}"
    return "; ".join(["nobody is paged", *(action.reason for action in actions)])
