"""Which names of fields stand for secrets? Password, token, key for something, authorization, signature."""

import re
from itertools import pairwise

SECRET_WORDS = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "secret",
        "secrets",
        "token",
        "tokens",
        "credential",
        "credentials",
        "authorization",
        "bearer",
        "apikey",
        "signature",
        "sig",
        "cookie",
        "jwt",
        "pin",
        "otp",
    }
)
"""A name with one of these words in it is a secret's."""

KEYS_TO_SOMETHING = frozenset(
    {
        "api",
        "access",
        "private",
        "routing",
        "integration",
        "genie",
        "auth",
        "secret",
        "signing",
        "encryption",
        "account",
        "license",
        "app",
        "shared",
        "master",
        "storage",
        "client",
        "ssh",
        "service",
        "session",
    }
)
"""With `key` behind it, such a word names a secret; `dedup_key` and `event_key` are none."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def is_secret(name: str) -> bool:
    """Does a field of this name hold a secret? `apiKey`, `X-Auth-Token` and `db_password` do."""
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "".join(words)
    if SECRET_WORDS.intersection(words) or joined in SECRET_WORDS:
        return True
    if joined in ("sessionid", "sid"):
        return True
    pairs = pairwise(words)
    if any(second in ("key", "keys") and first in KEYS_TO_SOMETHING for first, second in pairs):
        return True
    return joined.removesuffix("key") in KEYS_TO_SOMETHING and joined.endswith("key")
