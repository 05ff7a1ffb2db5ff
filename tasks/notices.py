"""Who is told that somebody else has changed when they are on call? By mail, sent by the watchdog."""

from typing import cast

from blocks.catalogue import Purpose
from blocks.interfaces import Channel, Receipt
from incident.errors import ConfigurationError, Rejected, RetryLater, UnknownOutcome
from ledger.configurations import configuration_in_force
from ledger.notices import notice_failed, notice_sent, notices_due, take_notice
from ledger.rota_tables import NoticeRow
from tasks.mail import address_of, language_of
from tasks.surroundings import here
from templates.render import render


async def send_notices() -> int:
    """Send every notice that is due; returns how many were sent."""
    due = await here().ledger.aread(notices_due, here().now())
    return sum([await _send(number) for number in due])


async def _send(number: int) -> bool:
    ledger = here().ledger
    row = await ledger.awrite(take_notice, number, here().now())
    if row is None:
        return False
    try:
        receipt = await _deliver(row)
    except UnknownOutcome:
        return False  # it stays taken for a while, and the next try repeats it with the same key
    except (RetryLater, Rejected, ConfigurationError) as failure:
        for_good = isinstance(failure, Rejected)
        await ledger.awrite(notice_failed, number, str(failure), here().now(), for_good=for_good)
        return False
    await ledger.awrite(notice_sent, number, receipt.provider_id, here().now())
    return True


async def _deliver(row: NoticeRow) -> Receipt:
    _, configuration = await here().ledger.aread(configuration_in_force)
    channel = cast(Channel, await here().serving(Purpose.MAIL, configuration))
    subject, text = (
        render(
            f"notice/{part}",
            language=language_of(configuration, row.person),
            notice=row.notice,
            people={name: person.name for name, person in configuration.people.items()},
            changes_url=here().links.rota(row.person, here().now()),
        )
        for part in ("subject.line", "body.txt")
    )
    key = f"notice/{row.id}@{row.made_at:%Y%m%dT%H%M%S}"
    return await channel.send(address_of(configuration, row.person), key, subject, text)
