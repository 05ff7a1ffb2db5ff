"""Does CI notice a test that was skipped?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.tree import ROOT

SKIPPED = "import pytest\n\n@pytest.mark.skip(reason='no moon')\ndef test_tides():\n    pass\n"
IN_ITS_FIXTURE = """
import pytest

@pytest.fixture
def moon():
    pytest.skip("no moon")

def test_tides(moon):
    pass
"""
WHOLE_MODULE = "import pytest\n\npytest.skip('no moon', allow_module_level=True)\n"
NOTHING_TO_TRY = """
import pytest

@pytest.mark.parametrize("moon", [])
def test_tides(moon):
    pass
"""


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(SKIPPED, id="marked"),
        pytest.param(IN_ITS_FIXTURE, id="in a fixture"),
        pytest.param(WHOLE_MODULE, id="a whole module"),
        pytest.param(NOTHING_TO_TRY, id="a table without rows"),
    ],
)
def test_a_skipped_test_is_a_failure_in_ci_only(tmp_path: Path, test: str) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_tides.py").write_text(test)

    assert run(tmp_path).returncode in {0, 5}  # 5: nothing was collected
    strict = run(tmp_path, "--no-skips")
    assert strict.returncode != 0
    assert "with --no-skips a skip is a failure" in strict.stdout


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    own = ["-p", "no:cacheprovider", "-p", "xdist", "--rootdir", str(folder)]
    without_ours = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    without_ours["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # of plugins our conftest needs one only
    command = [sys.executable, "-m", "pytest", *own, *options, str(folder)]
    return subprocess.run(command, cwd=folder, env=without_ours, check=False, capture_output=True, text=True)
