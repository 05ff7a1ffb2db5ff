"""Who goes first when there is more to do than processors?"""

import os
import sys
from pathlib import Path

from service.processes import GIVES_WAY_BY, Program, stop_all


def test_a_program_that_gives_way_is_nicer_than_one_that_does_not(tmp_path: Path) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    first, behind = (
        Program(name, sleeping, os.environ, tmp_path / name, gives_way=name == "behind")
        for name in ("first", "behind")
    )
    try:
        first.start()
        behind.start()
        of_first, of_behind = (os.getpriority(os.PRIO_PROCESS, each.pid) for each in (first, behind))
        assert of_behind == min(of_first + GIVES_WAY_BY, 19)
        assert os.getsid(first.pid) == os.getsid(behind.pid)
        assert os.getpgid(first.pid) != os.getpgid(behind.pid)
    finally:
        stop_all([first, behind])
    assert not first.alive
    assert not behind.alive
