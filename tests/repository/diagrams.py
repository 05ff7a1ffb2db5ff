"""What does the code look like from above? The diagrams of docs/, drawn from the code.

`make docs` writes them into the pages, between their marks; a test compares.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from incident.lifecycle_diagram import lifecycle_diagram
from incident.triage_diagram import triage_diagram

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "docs" / "architecture.md", ROOT / "docs" / "triage.md")
PACKAGES = ("service", "flows", "tasks", "ledger", "templates", "blocks", "incident")
"""Ours, as the layers of pyproject.toml order them."""
MARKED = re.compile(r"(<!-- drawn: (?P<name>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def imports_diagram() -> str:
    """Who imports whom, as a mermaid flow chart; an arrow that a longer way implies is left out."""
    known = {package: imported_by(package) & set(PACKAGES) - {package} for package in PACKAGES}
    lines = [
        f"    {package} --> {other}"
        for package in PACKAGES
        for other in PACKAGES
        if other in known[package] and not any(other in known[between] for between in known[package])
    ]
    return _mermaid("\n".join(["flowchart TD", *lines]))


def imports_table() -> str:
    """What each package imports: of ours, and of others."""
    rows = ["| package | imports of ours | imports of others |", "| --- | --- | --- |"]
    for package in PACKAGES:
        found = imported_by(package) - {package} - sys.stdlib_module_names
        ours = [f"`{other}`" for other in PACKAGES if other in found]
        others = [f"`{other}`" for other in sorted(found - set(PACKAGES))]
        rows.append(f"| `{package}/` | {', '.join(ours) or 'nothing'} | {', '.join(others) or 'nothing'} |")
    return "\n".join(rows) + "\n"


def lifecycle() -> str:
    """The table of incident/lifecycle.py as a state diagram."""
    return _mermaid(lifecycle_diagram())


DRAWN: dict[str, Callable[[], str]] = {
    "imports": imports_diagram,
    "imports table": imports_table,
    "life cycle": lifecycle,
    "triage": lambda: _mermaid(triage_diagram()),
}


def redrawn(page: str) -> str:
    """The page with its diagrams as the code is now."""
    return MARKED.sub(lambda found: found[1] + DRAWN[found["name"]]() + found[3], page)


def imported_by(package: str) -> set[str]:
    """The top-level packages that the modules of a package import, itself included."""
    modules = (ROOT / package).rglob("*.py")
    return {name for module in modules for name in _imports(ast.parse(module.read_text(encoding="utf-8")))}


def _imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _mermaid(diagram: str) -> str:
    return f"```mermaid\n{diagram.rstrip()}\n```\n"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(redrawn(page.read_text(encoding="utf-8")), encoding="utf-8")
