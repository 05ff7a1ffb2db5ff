"""Is everything in the wheel that a machine without the repository needs?"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.repository.diagrams import PACKAGES
from tests.repository.tree import ROOT, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    with ZipFile(next(folder.glob("*.whl"))) as found:
        yield found


def test_every_file_of_our_packages_is_in_the_wheel(wheel: ZipFile) -> None:
    ours = {str(path.relative_to(ROOT)) for path in tracked(*PACKAGES)}

    assert ours
    assert ours - set(wheel.namelist()) == set()


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("a text", "templates/en/page/subject.line"),
        ("a picture", "templates/retrospective/picture.svg"),
        ("a migration", "ledger/migrations/versions/*.py"),
        ("the environment of the migrations", "ledger/migrations/env.py"),
        ("the built-in configuration", "service/default.yaml"),
        ("the organisation of the demo", "service/demo/incident.yaml"),
        ("the alert of the demo", "service/demo/alert.json"),
        ("the deployments", "service/prefect.yaml"),
    ],
)
def test_the_wheel_has(wheel: ZipFile, kind: str, pattern: str) -> None:
    assert [name for name in wheel.namelist() if Path(name).match(pattern)]


def test_nothing_else_is_in_the_wheel(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert [name for name in wheel.namelist() if "__pycache__" in name] == []


def test_the_wheel_brings_the_command_and_the_worker(wheel: ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(name).decode()

    assert "incident = service.cli:main" in text
    assert "[prefect.collections]" in text
