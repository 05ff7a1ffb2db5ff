"""Does a call of our web service come from Twilio? By the signature that it makes with the account's token.

Source: Twilio's "Validating signatures from Twilio": the HMAC-SHA1, in base64, of the address as it was given
to Twilio and of the fields of the form, by name. It holds no time, so what must not be done twice has to be
known by its id.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import urlsplit

from blocks.telling import Told
from incident.trust.request import Forged

HEADER = "x-twilio-signature"
_PORTS = {"https": 443, "http": 80}


def check_signature(told: Told, token: str) -> None:
    """Nothing, if it comes from Twilio.

    Raises:
        Forged: the signature is missing, or made with another token, for another address or other fields.
    """
    given = told.headers.get(HEADER, "").encode()
    right = [signature(token, url, told.form).encode() for url in _written(told.url)]
    if not any(hmac.compare_digest(given, each) for each in right):
        raise Forged("the signature of Twilio is missing or wrong: is the address that of INCIDENT_BASE_URL?")


def signature(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """What Twilio would send with this form to this address."""
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    return b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _written(url: str) -> tuple[str, ...]:
    """The address as it stands, and as Twilio may write it: with the usual port, or without any."""
    parts = urlsplit(url)
    if parts.port is None:
        return url, parts._replace(netloc=f"{parts.netloc}:{_PORTS.get(parts.scheme, 443)}").geturl()
    return url, parts._replace(netloc=parts.netloc.removesuffix(f":{parts.port}")).geturl()
