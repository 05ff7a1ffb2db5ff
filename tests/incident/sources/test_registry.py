"""Is a dialect found by its name?"""

import re

import pytest

from incident import sources
from incident.errors import NotFoundError


def test_a_dialect_reads_its_payload() -> None:
    (alert,) = sources.parse("generic", {"title": "t"})

    assert alert.source == "generic"


def test_an_unknown_dialect_is_refused_with_those_that_are_known() -> None:
    known = re.escape(", ".join(sorted(sources.DIALECTS)))

    with pytest.raises(NotFoundError, match=f"^no dialect is called 'nagios-xi'; known: {known}$"):
        sources.parse("nagios-xi", {})
