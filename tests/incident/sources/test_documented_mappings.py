"""Do the examples of docs/mapping.md do what the page says?"""

import json
import re
from pathlib import Path

import pytest

from incident import sources
from incident.configuration import Source
from incident.mapping import MessageMapping
from service.reading_yaml import read_yaml
from service.understanding import understood

PAGE = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text()
EXAMPLES = re.findall(r"```yaml\nmapping:\n(.*?)```\s*```json\n(.*?)```", PAGE, re.DOTALL)


def read(number: int) -> sources.Understood:
    written, body = EXAMPLES[number]
    mapping = MessageMapping.model_validate(read_yaml(f"mapping:\n{written}").values["mapping"])
    return understood(Source(dialect="mapped", mapping=mapping), json.dumps(json.loads(body)).encode())


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (
            0,
            [
                ("backup/db1/nightly", "firing", "Backup of db1 is broken", "error"),
                ("backup/db2/nightly", "resolved", "Backup of db2 is done", "error"),
            ],
        ),
        (1, [("b2-temperature", "firing", "TEMPERATURE in b2: 41.5 C", "critical")]),
        (2, [("queue-length", "firing", "Queue is too long", "error")]),
    ],
    ids=["backups", "sensors", "a queue"],
)
def test_an_example_gives_the_alerts_that_the_page_tells_of(
    number: int, told: list[tuple[str, str, str, str]]
) -> None:
    found = read(number)
    assert found.remarks == ()
    assert [(a.fingerprint, a.status, a.title, a.severity) for a in found.alerts] == told


def test_there_are_three() -> None:
    assert len(EXAMPLES) == 3
    assert read(2).alerts[0].description == "Threshold crossed. See the runbook."


def test_the_first_mapping_of_the_page_is_one() -> None:
    (whole,) = re.findall(r"```yaml\n(sources:\n.*?)```", PAGE, re.DOTALL)
    written = read_yaml(whole).values["sources"]["backups"]
    assert Source.model_validate(written).mapping is not None
