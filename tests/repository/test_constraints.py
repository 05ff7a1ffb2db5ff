"""Do two machines install the same?"""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.repository.diagrams import PACKAGES, imported_by
from tests.repository.tree import ROOT

LINES = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PINS = {
    canonicalize_name(name): Version(version) for name, _, version in (line.partition("==") for line in LINES)
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


def test_every_line_is_a_name_and_a_version_and_no_place() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []


@pytest.mark.parametrize("written", DIRECT)
def test_the_pin_is_one_that_the_project_allows(written: str) -> None:
    requirement = Requirement(written)

    assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)], prereleases=True)


def test_whatever_is_needed_by_what_is_needed_is_pinned_too() -> None:
    assert {canonicalize_name(need.name) for need in needed()} - set(PINS) == set()


def needed() -> Iterator[Requirement]:
    """What is installed because of what pyproject.toml names, and because of that, and so on."""
    to_see = [Requirement(written) for written in DIRECT]
    seen: set[str] = set()
    while to_see:
        need = to_see.pop()
        if str(need) in seen:
            continue
        seen.add(str(need))
        yield need
        to_see += [
            further
            for further in map(Requirement, _requires(need.name))
            if further.marker is None
            or any(further.marker.evaluate({"extra": extra}) for extra in ("", *need.extras))
        ]


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # for another Python or another system
        return []


def test_whatever_we_import_is_named_in_the_project() -> None:
    declared = {canonicalize_name(Requirement(written).name) for written in PROJECT["dependencies"]}
    known = packages_distributions()
    imported = {name for package in PACKAGES for name in imported_by(package)}
    foreign = imported - set(PACKAGES) - sys.stdlib_module_names

    assert {name for name in foreign if not {canonicalize_name(d) for d in known[name]} & declared} == set()
