"""Where is the key of a sender made for Opsgenie? In `Authorization: GenieKey ...`."""

from fastapi.security import APIKeyHeader

from incident.errors import ConfidenceError

DIALECT = "opsgenie_alert_api"

KEY = APIKeyHeader(
    name="Authorization",
    auto_error=False,
    scheme_name="opsgenie key",
    description="`GenieKey`, a space, and the token of the source.",
)


def key_in(header: str | None) -> str:
    """The key in the header.

    Raises:
        ConfidenceError: there is none.
    """
    scheme, _, key = (header or "").strip().partition(" ")
    if scheme.lower() != "geniekey":
        raise ConfidenceError("send 'Authorization: GenieKey <the token of the source>'")
    return key.strip()
