"""How does a person open an incident? As an alert of their own, through the intake of every monitor."""

import json
from dataclasses import asdict, dataclass
from uuid import uuid4

from incident.alert import AlertSeverity, EndState, read_severity
from incident.errors import AnswerError, NotFoundError
from ledger.configurations import configuration_in_force
from service.cli.found import found_ledger, here, speaker
from service.cli.prefect_link import AWAY, run_linked, surroundings_of
from service.home import Place
from service.intake import Taken, take
from tasks.runs import start_owed_runs
from tasks.surroundings import Surroundings

SOURCE = "person"
DIALECT = "generic"


@dataclass(frozen=True)
class Declaration:
    """What somebody says is wrong."""

    service: str
    title: str
    description: str
    severity: str


def declare(declaration: Declaration, person: str | None) -> str:
    """Open the incident and start its run; returns what to tell.

    Raises:
        NotFoundError: the service or the person is not known.
        AnswerError: the severity is no word that is understood.
    """
    place = here()
    with found_ledger(place) as ledger:
        _, configuration = ledger.read(configuration_in_force)
        who = speaker(person, configuration.people)
        if declaration.service not in configuration.services:
            known = ", ".join(sorted(configuration.services))
            raise NotFoundError(f"{declaration.service!r} is not under services:; known: {known}")
        if read_severity(declaration.severity) is AlertSeverity.UNKNOWN:
            raise AnswerError(
                [f"severity: {declaration.severity!r} is unknown; write critical, error, warning or info"]
            )
        surroundings = surroundings_of(ledger, place)
        taken, *_ = take(surroundings, SOURCE, DIALECT, _body(declaration, who))
        missed = _started(place, surroundings) if taken.end_state is EndState.OPENED else ""
        return "\n".join(filter(None, (_outcome(taken, place), missed)))


def _body(declaration: Declaration, who: str) -> bytes:
    alert = {**asdict(declaration), "fingerprint": str(uuid4()), "labels": {"declared_by": who}}
    return json.dumps(alert).encode()


def _outcome(taken: Taken, place: Place) -> str:
    if taken.incident is None:
        return f"it is safe in the ledger: {taken.reason or 'it is looked at within seconds'}"
    what = "opened" if taken.end_state is EndState.OPENED else f"{taken.end_state}: {taken.reason}"
    where = f"\n{place.base_url}/incidents/{taken.incident}" if place.base_url else ""
    return f"{taken.incident} {what}{where}"


def _started(place: Place, surroundings: Surroundings) -> str:
    later = "it starts as soon as the watchdog sees it"
    if not place.prefect_api_url:
        return f"PREFECT_API_URL is not known here; {later}"
    try:
        run_linked(place, surroundings, start_owed_runs)
    except AWAY as away:
        return f"Prefect does not answer ({type(away).__name__}); {later}"
    return ""
