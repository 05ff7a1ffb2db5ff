"""What JSON value does the body of a message hold?"""

import json

from incident.errors import MalformedPayload


def read_json(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        MalformedPayload: it is no JSON; the message says where it stops being it.
    """
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        where = f" (line {error.lineno}, column {error.colno})"
        raise MalformedPayload(f"the body is no JSON{where}; send application/json in UTF-8") from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise MalformedPayload("the body is no JSON; send application/json in UTF-8") from None
