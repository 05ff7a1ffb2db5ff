"""How does a person at a terminal merge two incidents, or split an alert off?"""

from contextlib import suppress
from functools import partial

from incident.decisions import Via
from ledger.incidents import configuration_for
from ledger.merging import merge as merge_them
from ledger.splitting import split as split_off
from service.cli.app import utc_now
from service.cli.found import found_ledger, here, speaker
from service.cli.prefect_link import AWAY, run_linked, surroundings_of
from tasks.merging import let_runs_go_on
from tasks.runs import start_owed_runs


def merge(key: str, into: str, person: str | None) -> str:
    """Merge an incident into another one; returns what to tell.

    Raises:
        NotFoundError: one of the incidents, or the person, is not known.
        TransitionError: one of the two is over, or they are the same.
    """
    place = here()
    with found_ledger(place) as ledger:
        _, configuration = ledger.read(configuration_for, into)
        by = speaker(person, configuration.people)
        merged = ledger.write(merge_them, key, into, by, via=Via.CLI, now=utc_now())
        with suppress(*AWAY):  # the watchdog does it when Prefect is back
            run_linked(place, surroundings_of(ledger, place), partial(let_runs_go_on, merged))
    alerts = f"{merged.alerts} alert{'' if merged.alerts == 1 else 's'}"
    where = f"\n{place.base_url}/incidents/{into}" if place.base_url else ""
    return f"{key} is merged into {into}, with {alerts}{where}"


def split(key: str, alert: int, person: str | None) -> str:
    """Open an incident of its own for an alert; returns what to tell.

    Raises:
        NotFoundError: the incident, the person or the alert is not known.
        TransitionError: the incident is over, or the alert is the last, or has recovered.
    """
    place = here()
    with found_ledger(place) as ledger:
        _, configuration = ledger.read(configuration_for, key)
        by = speaker(person, configuration.people)
        opened = ledger.write(split_off, key, alert, by, via=Via.CLI, now=utc_now())
        where = f"\n{place.base_url}/incidents/{opened.key}" if place.base_url else ""
        told = f"alert {alert} is split off {key} into {opened.key}{where}"
        try:
            run_linked(place, surroundings_of(ledger, place), start_owed_runs)
        except AWAY:
            return f"{told}\nPrefect does not answer; it starts as soon as the watchdog sees it"
    return told
