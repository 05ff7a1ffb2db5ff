"""At which address is a calendar read?"""

from incident.errors import NotFoundError
from incident.publication import CalendarOf
from ledger.configurations import configuration_in_force
from service.cli.found import found_ledger, here
from service.cli.signing import signed_links


def address(whose: CalendarOf, name: str) -> str:
    """The address of the calendar of a schedule or a person, with its token.

    Raises:
        NotFoundError: there is no such schedule or person.
        ConfigurationError: the signing key or the address of the system is not known here.
    """
    place = here()
    with found_ledger(place) as ledger:
        configuration = ledger.read(configuration_in_force)[1]
    section, known = {
        CalendarOf.SCHEDULE: ("schedules", sorted(configuration.schedules)),
        CalendarOf.PERSON: ("people", sorted(configuration.people)),
    }[whose]
    if name not in known:
        raise NotFoundError(f"{name!r} is not under {section}:; known: {', '.join(known) or 'none'}")
    return signed_links(place).feed(whose, name)
