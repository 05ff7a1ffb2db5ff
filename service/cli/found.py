"""Which system does a command speak to, and who speaks?"""

import getpass
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from incident.errors import ConfigurationError, NotFoundError
from ledger.engine import Ledger
from service.home import Place, find_place


def here() -> Place:
    """The system that the environment or the home names.

    Raises:
        ConfigurationError: there is none.
    """
    return find_place(os.environ)


@contextmanager
def found_ledger(place: Place | None = None) -> Iterator[Ledger]:
    """The ledger of the system, for the time of one command.

    Raises:
        ConfigurationError: there is no system, or it has no ledger yet; none is made here.
    """
    url = (place or here()).ledger_url
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        raise ConfigurationError([f"the ledger {parsed.database} does not exist; `incident up` makes it"])
    ledger = Ledger(url)
    try:
        yield ledger
    finally:
        ledger.close()


def speaker(given: str | None, people: Iterable[str]) -> str:
    """The person who speaks: the one that is named, else the user of this terminal if their name is known.

    Raises:
        NotFoundError: that is nobody under people:.
    """
    known = sorted(people)
    name = given or _user()
    if name not in known:
        hint = "" if given else "say who you are with --as; "
        raise NotFoundError(f"{name!r} is not under people:; {hint}known: {', '.join(known)}")
    return name


def _user() -> str:
    try:
        return getpass.getuser().lower()
    except (OSError, KeyError, ImportError):  # a container without an entry for this user
        return ""
