"""Is the tree of errors the one that its module draws?"""

import inspect
import re
from datetime import timedelta

from incident import errors
from incident.errors import (
    AnswerError,
    ConfigurationError,
    ConnectionFailure,
    IncidentError,
    PayloadError,
    RetryLater,
)


def test_the_drawing_shows_every_error_and_no_other() -> None:
    drawn = re.findall(r"(?:── |^    )([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    written = [
        name
        for name, error in inspect.getmembers(errors, inspect.isclass)
        if issubclass(error, IncidentError)
    ]

    assert sorted(drawn) == sorted(written)


def test_everything_that_a_channel_may_raise_is_a_leaf_below_one_class() -> None:
    assert {error.__name__ for error in ConnectionFailure.__subclasses__()} == {
        "RetryLater",
        "Rejected",
        "UnknownOutcome",
    }


def test_a_message_says_what_and_where() -> None:
    assert str(PayloadError("must be a list", field="alerts")) == "alerts: must be a list"
    assert str(PayloadError("is no JSON")) == "is no JSON"
    assert str(ConfigurationError(["people: one", "teams: two"])) == "people: one\nteams: two"
    assert str(AnswerError(["severity: one", "impact: two"])) == "severity: one; impact: two"
    assert RetryLater("503", after=timedelta(seconds=5)).after == timedelta(seconds=5)
