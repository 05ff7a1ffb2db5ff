"""What does the command line tell the ledger, and the person, about silences at monitors?"""

from incident.decisions import Via
from incident.duration import read_duration
from incident.errors import AnswerError
from ledger.incidents import configuration_for
from ledger.source_silences import end_source_silences, quiet_at_sources, silence_source
from service.cli.app import utc_now
from service.cli.found import found_ledger, speaker


def silence(key: str, written: str, person: str | None) -> str:
    """Have the monitors keep quiet; returns what to tell. They are told within seconds.

    Raises:
        NotFoundError: the incident or the person is not known.
        AnswerError: it is no duration, or too long.
        TransitionError: nothing fires that can be silenced, the incident is over, or it is not theirs to do.
    """
    try:
        lasting = read_duration(written)
    except ValueError as error:
        raise AnswerError([str(error)]) from None
    with found_ledger() as ledger:
        _, configuration = ledger.read(configuration_for, key)
        who, now = speaker(person, configuration.people), utc_now()
        number = ledger.write(silence_source, key, who, lasting, via=Via.CLI, now=now)
        found = ledger.read(quiet_at_sources, key, now)
    silencers = ", ".join(sorted({each.silencer for each in found}))
    return f"{key}: {_alerts(number)} silenced at {silencers} until {now + lasting:%a %d %b %H:%M UTC}"


def end_silences(key: str, person: str | None) -> str:
    """Let the monitors speak again; returns what to tell.

    Raises:
        NotFoundError: the incident or the person is not known.
        TransitionError: it is not theirs to do.
    """
    with found_ledger() as ledger:
        _, configuration = ledger.read(configuration_for, key)
        who = speaker(person, configuration.people)
        number = ledger.write(end_source_silences, key, who, via=Via.CLI, now=utc_now())
    if not number:
        return f"{key}: its monitors keep quiet about nothing"
    return f"{key}: the silence about {_alerts(number)} ends"


def _alerts(number: int) -> str:
    return f"{number} alert{'' if number == 1 else 's'}"
