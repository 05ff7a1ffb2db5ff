"""Which files are the repository's? Those that git tracks."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked(*patterns: str) -> list[Path]:
    """The tracked files that match, as absolute paths; whoever owns the clone."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", "--", *patterns]
    names = subprocess.run(git, check=True, capture_output=True, text=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


def pages() -> list[Path]:
    """The documentation: README, CONTRIBUTING and so on, and everything under docs/."""
    return tracked(":(glob)*.md", "docs/*.md")
