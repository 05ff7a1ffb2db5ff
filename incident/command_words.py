"""Which words mean a command, a severity, a role or an outcome? English ones, and a little Italian."""

from difflib import get_close_matches
from enum import StrEnum

from incident.configuration import Role
from incident.decisions import Outcome
from incident.severity import Severity


class Verb(StrEnum):
    """The commands, as the help calls them."""

    ACK = "ack"
    PASS = "pass"  # noqa: S105  no password
    SEV = "sev"
    ROLE = "role"
    OBSERVE = "observe"
    THEORY = "theory"
    EXPERIMENT = "experiment"
    UPDATE = "update"
    NOTE = "note"
    PAGE = "page"
    STATUS = "status"
    RESOLVE = "resolve"
    HELP = "help"


_SYNONYMS: dict[Verb, tuple[str, ...]] = {
    Verb.ACK: ("acknowledge", "acknowledged", "1", "prendo", "ricevuto"),
    Verb.PASS: ("escalate", "2", "passo", "passa"),
    Verb.SEV: ("severity", "gravità", "gravita"),
    Verb.ROLE: ("assign", "ruolo"),
    Verb.OBSERVE: ("observation", "osservo", "osservazione"),
    Verb.THEORY: ("teoria",),
    Verb.EXPERIMENT: ("esperimento",),
    Verb.UPDATE: ("aggiorna", "aggiornamento"),
    Verb.NOTE: ("nota", "annota"),
    Verb.PAGE: ("chiama",),
    Verb.STATUS: ("stato",),
    Verb.RESOLVE: ("resolved", "risolto", "risolvi"),
    Verb.HELP: ("?", "aiuto"),
}
"""1 and 2 are what an SMS asks for, and the keys of a telephone."""

_VERBS = {word: verb for verb in Verb for word in (verb.value, *_SYNONYMS[verb])}

_SEVERITIES = {
    "1": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "critica": Severity.CRITICAL,
    "2": Severity.MAJOR,
    "major": Severity.MAJOR,
    "alta": Severity.MAJOR,
    "3": Severity.MINOR,
    "minor": Severity.MINOR,
    "bassa": Severity.MINOR,
}

_ROLES = {
    "incident manager": Role.MANAGER,
    "manager": Role.MANAGER,
    "tech lead": Role.TECH_LEAD,
    "lead": Role.TECH_LEAD,
    "communications manager": Role.COMMUNICATIONS,
    "communications": Role.COMMUNICATIONS,
    "comms": Role.COMMUNICATIONS,
    "responsabile della comunicazione": Role.COMMUNICATIONS,
    "responsabile tecnico": Role.TECH_LEAD,
    "responsabile": Role.MANAGER,
}
"""The words of a role may be joined by a hyphen or an underscore; longer ones stand first."""

_OUTCOMES = {
    "proved": Outcome.PROVED,
    "confermato": Outcome.PROVED,
    "refuted": Outcome.REFUTED,
    "smentito": Outcome.REFUTED,
    "inconclusive": Outcome.INCONCLUSIVE,
    "incerto": Outcome.INCONCLUSIVE,
}


def verb_of(word: str) -> Verb | None:
    """The command that a word means."""
    return _VERBS.get(word.casefold().rstrip(":"))


def nearest_verb(word: str) -> Verb | None:
    """The command that looks most like a word that is none."""
    close = get_close_matches(word.casefold(), _VERBS, n=1)
    return _VERBS[close[0]] if close else None


def severity_in(rest: str) -> tuple[Severity | None, str]:
    """The severity that a text begins with, and what follows it."""
    word, _, reason = rest.partition(" ")
    return _SEVERITIES.get(word.casefold().rstrip(":,")), reason.strip()


def role_in(rest: str) -> tuple[Role | None, str]:
    """The role that a text begins with, and who is named after it, without the ``@``."""
    said = rest.casefold().replace("-", " ").replace("_", " ")
    for words, role in _ROLES.items():
        if said == words or said.startswith(f"{words} "):
            return role, rest[len(words) :].strip().lstrip("@").strip()
    return None, ""


def outcome_in(rest: str) -> tuple[Outcome, str]:
    """What an experiment showed, if the text begins with a word for it, and what was tried."""
    word, _, tried = rest.partition(" ")
    outcome = _OUTCOMES.get(word.casefold().rstrip(":,"))
    return (outcome, tried.strip()) if outcome else (Outcome.INCONCLUSIVE, rest)
