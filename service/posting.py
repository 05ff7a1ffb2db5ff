"""How does a post to Alertmanager's API come in? News is taken as from any door, repetitions move a timer.

Prometheus sends every firing alert again each minute. A post that tells nothing new is durable when the
answer leaves (the new ends are committed), and makes neither a delivery nor an alert.
"""

from datetime import datetime, timedelta

from incident.errors import PayloadError
from incident.lasting import RESOLVE_TIMEOUT, Posted, sort_out
from incident.sources import Understood
from incident.sources.alertmanager_api import read_posted
from incident.sources.remarks import noting, remarks
from ledger.intake import reject_delivery
from ledger.lasting import end_unrepeated, lasting, remember, unrepeated
from service.body import read_json
from service.intake import Taken, take_read, triage_all
from service.lines import line_of
from tasks.surroundings import Surroundings


def take_posted(
    surroundings: Surroundings, source: str, body: bytes, resolve_timeout: timedelta = RESOLVE_TIMEOUT
) -> list[Taken]:
    """Take a post: all of its alerts, or none; returns those that were news.

    Raises:
        PayloadError: it is no list of objects; it is kept as rejected.
        LedgerUnavailable: it could not be made safe; the sender should come again.
    """
    now, ledger = surroundings.now(), surroundings.ledger
    posted, said = _read(surroundings, source, body, resolve_timeout, now)
    known = ledger.read(lasting, source, [each.alert.fingerprint for each in posted])
    sorted_out = sort_out(known, posted)
    news = Understood(sorted_out.news, said)
    taken = take_read(surroundings, source, body, lambda: news) if news.alerts else []
    if sorted_out.remembered:
        ledger.write(remember, source, sorted_out.remembered, known, now)
    return taken


def end_silent(surroundings: Surroundings) -> int:
    """End what was not sent again in time; returns how many alerts that were."""
    now, ledger = surroundings.now(), surroundings.ledger
    if not ledger.read(unrepeated, now):
        return 0
    ended = ledger.write(end_unrepeated, now)
    if line := line_of(ledger):
        line.look()  # it triages all alerts of this process in one order
    else:
        triage_all(surroundings, ended)
    return len(ended)


def _read(
    surroundings: Surroundings, source: str, body: bytes, resolve_timeout: timedelta, now: datetime
) -> tuple[tuple[Posted, ...], tuple[str, ...]]:
    """What was posted, and what of it could not be read."""
    try:
        payload = read_json(body)
        with noting() as notes:
            posted = read_posted(payload, now, resolve_timeout)
    except PayloadError as error:
        surroundings.ledger.write(reject_delivery, source, body, str(error), now)
        raise
    return posted, remarks(payload, notes)
