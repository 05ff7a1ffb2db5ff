"""Does a long text take long to read? Whoever may send an alert must not be able to stop all others."""

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from incident import sources
from incident.errors import PayloadError
from tests.incident.sources.bodies import PAYLOADS, body, files

LENGTH = 20_000
"""Characters: what takes the square of that many steps takes longer than is allowed here."""
AT_MOST = timedelta(seconds=0.2)
"""Of processor time for a message; what is usual are thousandths."""

DIALECTS = sorted(folder.name for folder in PAYLOADS.iterdir() if folder.name in sources.DIALECTS)
REPEATED = ("9", " ", "a", "[P1 ", "[P1] ", "{A} ", "problem in ", '" problem in ', "&group=", "on {", "1/")
WHERE = ("{said}{more}", "{more}{said}", 'service "{more}')


@pytest.mark.parametrize(("dialect", "file"), files(*DIALECTS))
def test_a_message_of_long_texts_is_read_in_no_time(dialect: str, file: str) -> None:
    read_in_no_time(dialect, body(dialect, file))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_long_text_that_stands_alone_is_read_in_no_time(dialect: str) -> None:
    bodies = [body(*each) for each in files(dialect)]
    for name in {"subject"}.union(*(each for each in bodies if isinstance(each, dict))):
        read_in_no_time(dialect, {name: "x"})


def read_in_no_time(dialect: str, message: Any) -> None:
    for repeated in REPEATED:
        for where in WHERE:
            told = lengthened(message, repeated * (LENGTH // len(repeated)), where)
            began = time.process_time()
            with suppress(PayloadError):
                sources.parse(dialect, told)
            assert time.process_time() - began < AT_MOST.total_seconds(), (repeated, where, message)


def lengthened(value: Any, more: str, where: str) -> Any:
    """The same with long texts in all of its fields."""
    match value:
        case dict():
            return {name: lengthened(child, more, where) for name, child in value.items()}
        case list():
            return [lengthened(child, more, where) for child in value]
        case str() if value:
            return where.format(said=value, more=more)
        case _:
            return value
