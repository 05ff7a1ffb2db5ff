"""Does a file name what only one machine has?"""

import re
from pathlib import Path

import pytest

from tests.repository.tree import ROOT, tracked

# Written so that this file does not match itself.
FORBIDDEN = {
    "a package index": r"py[p]i\.org|pythonhos[t]ed|npm[j]s\.|extra-inde[x]-url|inde[x]-url",
    "somebody's home": r"(?<![\w.])/roo[t]/|/hom[e]/\w|/User[s]/\w",
    "a place of one machine": r"(?<![\w.])/wor[k]/|(?<![\w.])/op[t]/",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])

    assert [f"{path.relative_to(ROOT)}: {hit}" for path in tracked() for hit in hits(pattern, path)] == []


def test_no_tracked_file_names_the_folder_of_this_checkout() -> None:
    pattern = re.compile(re.escape(str(ROOT)) + r"\b")

    assert [str(path.relative_to(ROOT)) for path in tracked() if hits(pattern, path)] == []


def hits(pattern: re.Pattern[str], path: Path) -> list[str]:
    return pattern.findall(path.read_bytes().decode("utf-8", errors="ignore"))
