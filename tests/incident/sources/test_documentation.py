"""Is what docs/sources.md shows what the dialects understand?"""

import json
import re
from pathlib import Path

from incident import sources
from incident.alert import Alert

PAGE = (Path(__file__).parents[3] / "docs" / "sources.md").read_text()


def test_the_example_of_our_own_json_is_read_with_every_field_it_shows() -> None:
    (body,) = re.findall(r"--data '(.*?)'\n", PAGE, re.DOTALL)
    shown = json.loads(body)

    (alert,) = sources.parse("generic", shown)

    assert alert.model_dump(mode="json", include=set(shown)) == shown


def test_every_field_of_our_own_json_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))))
    known = set(Alert.model_fields) - {"source", "severity_native"}

    assert known <= explained


def test_every_dialect_is_named() -> None:
    assert all(f"`{dialect}`" in PAGE for dialect in sources.DIALECTS)
