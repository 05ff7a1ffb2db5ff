"""What is in force when nobody wrote an `incident.yaml`? The packaged minimum, for this very user."""

import getpass
import json
import re
from pathlib import Path
from string import Template

DEFAULT = Path(__file__).with_name("default.yaml")
NAMELESS = "operator"


def for_whoever_is_here(text: str) -> str:
    """The minimum with the name of the user of this process in it."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without an entry for this user
        user = NAMELESS
    person = re.sub(r"[^a-z0-9._-]", "-", user.lower()).lstrip("._-")[:60] or NAMELESS
    return Template(text).substitute(person=json.dumps(person), name=json.dumps(user))
