"""What does a person want who writes a command? One line of text, from any chat, an SMS or a keypad.

`docs/chat.md` lists the commands. Case does not matter; a leading ``!`` or ``/incident`` is left out, and so
is the key of the incident that is meant, which `incident_named` reads.
"""

import re
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from incident.command_words import Verb, nearest_verb, outcome_in, role_in, severity_in, verb_of
from incident.configuration import Role
from incident.decisions import Outcome
from incident.severity import Severity

_PREFIX = re.compile(r"^(?:!|/incident\b)\s*", re.IGNORECASE)
_KEY = re.compile(r"(?!sev(?:erity)?-)([a-z][a-z0-9]{0,9}-\d{1,9})(?![\w-]):?\s*", re.IGNORECASE)
_SEVERITY_IN_ONE_WORD = re.compile(r"^(sev|severity)[-:]?([1-3])\b", re.IGNORECASE)


class Missing(StrEnum):
    """Why a command cannot be followed as it is."""

    UNKNOWN = "unknown"
    TEXT = "text"
    SEVERITY = "severity"
    ROLE = "role"
    PERSON = "person"
    TARGET = "target"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class Acknowledge(_Said):
    """I take it."""


class PassOn(_Said):
    """I cannot: page the next level now."""


class SetSeverity(_Said):
    """It is so bad; before the assessment this is the assessment, and the reason its impact."""

    severity: Severity
    reason: str = ""


class GiveRole(_Said):
    """Somebody does this from now on; ``person`` as it was written, without the ``@``."""

    role: Role
    person: str


class Observe(_Said):
    """Something that I see."""

    text: str


class Theory(_Said):
    """What might be the cause."""

    text: str


class Experiment(_Said):
    """What I try; without a word for it, what it showed is still open."""

    text: str
    outcome: Outcome = Outcome.INCONCLUSIVE


class Update(_Said):
    """Tell customers."""

    text: str


class PageTeam(_Said):
    """Page them, too: a policy, a service, a team or a person."""

    whom: str


class Status(_Said):
    """How does it stand?"""


class Resolve(_Said):
    """The impact has ended."""

    text: str


class Note(_Said):
    """Remember this."""

    text: str


class Help(_Said):
    """What can I say?"""


class Unclear(_Said):
    """It cannot be followed: what is missing, the word that was written, and the nearest command, if any."""

    problem: Missing
    word: str = ""
    nearest: Verb | None = None


Command = (
    Acknowledge
    | PassOn
    | SetSeverity
    | GiveRole
    | Observe
    | Theory
    | Experiment
    | Update
    | PageTeam
    | Status
    | Resolve
    | Note
    | Help
    | Unclear
)

_PLAIN: dict[Verb, Command] = {
    Verb.ACK: Acknowledge(),
    Verb.PASS: PassOn(),
    Verb.STATUS: Status(),
    Verb.HELP: Help(),
}
_WORDED: dict[Verb, type[Observe | Theory | Update | Resolve | Note]] = {
    Verb.OBSERVE: Observe,
    Verb.THEORY: Theory,
    Verb.UPDATE: Update,
    Verb.RESOLVE: Resolve,
    Verb.NOTE: Note,
}


def understand(text: str) -> Command:
    """The command that a line of text means; nothing at all asks for help."""
    word, _, rest = _SEVERITY_IN_ONE_WORD.sub(r"\1 \2", _bare(text)[1]).partition(" ")
    verb = verb_of(word)
    if not word:
        return Help()
    if verb is None:
        return Unclear(problem=Missing.UNKNOWN, word=word, nearest=nearest_verb(word))
    if verb in _PLAIN:
        sentence = word.isdigit() and rest  # "2 minutes please" passes nothing on
        return Unclear(problem=Missing.UNKNOWN, word=word) if sentence else _PLAIN[verb]
    if verb in _WORDED:
        return _WORDED[verb](text=rest) if rest else _misses(Missing.TEXT, verb)
    return _with_argument(verb, rest)


def incident_named(text: str) -> str | None:
    """The key of the incident that a line begins with, such as the INC-3 of ``!INC-3 ack``."""
    return _bare(text)[0]


def _bare(text: str) -> tuple[str | None, str]:
    """The incident that is named, and the rest, a single space behind its first word."""
    said = _PREFIX.sub("", text.replace("\0", "").strip(), count=1)
    named = _KEY.match(said)
    if named:
        said = _PREFIX.sub("", said[named.end() :], count=1)
    return (named[1].upper() if named else None), " ".join(said.split(maxsplit=1)).rstrip()


def _with_argument(verb: Verb, rest: str) -> Command:
    match verb:
        case Verb.SEV:
            severity, reason = severity_in(rest)
            if severity is None:
                return _misses(Missing.SEVERITY, verb)
            return SetSeverity(severity=severity, reason=reason)
        case Verb.ROLE:
            role, person = role_in(rest)
            if role is None:
                return _misses(Missing.ROLE, verb)
            return GiveRole(role=role, person=person) if person else _misses(Missing.PERSON, verb)
        case Verb.EXPERIMENT:
            outcome, tried = outcome_in(rest)
            return Experiment(text=tried, outcome=outcome) if tried else _misses(Missing.TEXT, verb)
        case _:
            return PageTeam(whom=rest.lstrip("@")) if rest.lstrip("@") else _misses(Missing.TARGET, verb)


def _misses(what: Missing, verb: Verb) -> Unclear:
    return Unclear(problem=what, word=verb, nearest=verb)
