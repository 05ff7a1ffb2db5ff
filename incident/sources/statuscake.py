"""What does StatusCake say in its webhook, a form and not JSON?

Up and Down are written with and without capitals. There is no time in it.
"""

from typing import Any

from incident.alert import Alert
from incident.sources import reading

SOURCE = "statuscake"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message, whose form has been read into an object.

    Raises:
        PayloadError: the message is no object.
    """
    test = reading.message(payload, "the fields of a form")
    title, where = reading.text(test.get("Name")), reading.text(test.get("URL"))
    given = reading.key("statuscake", test.get("TestID"))
    return (
        Alert(
            source=SOURCE,
            fingerprint=reading.fingerprint(given, SOURCE, title, where),
            status=reading.status(test.get("Status")),
            title=title or where or reading.unnamed("test without a name"),
            description=_description(test),
            labels=reading.texts({"tags": _tags(test.get("Tags"))}),
            url=reading.address(where, test.get("IP")),
        ),
    )


def _tags(tags: Any) -> Any:
    return [tag.strip() for tag in tags.split(",") if tag.strip()] if isinstance(tags, str) else tags


def _description(test: dict[str, Any]) -> str:
    shown = {name: reading.text(test.get(name)) for name in ("Method", "StatusCode", "IP")}
    return "\n".join(f"{name}: {value}" for name, value in shown.items() if value)
