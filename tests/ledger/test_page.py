"""Does docs/ledger.md say which tables there are? `python -m tests.ledger.test_page` writes them into it."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sqlmodel import SQLModel

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "ledger.md"
NAMES = sorted(
    (file.stem for file in (ROOT / "ledger").glob("*tables.py")), key=lambda name: (len(name), name)
)
MODULES = [import_module(f"ledger.{name}") for name in NAMES]
MARKED = re.compile(r"(<!-- drawn: tables -->\n).*?(<!-- end -->)", re.DOTALL)


def table_list() -> str:
    """Every table with what its class says it is for, and what there is only one of."""
    rows = ["| table | what is kept | only one per |", "| --- | --- | --- |"]
    for module in MODULES:
        for row in _tables(module):
            rows.append(f"| `{row.__tablename__}` | {inspect.getdoc(row)} | {_only_one_per(row)} |")
    return "\n".join(rows) + "\n"


def _tables(module: ModuleType) -> list[type[SQLModel]]:
    """The tables that a module defines, in its order."""
    known = [each for each in vars(module).values() if inspect.isclass(each) and issubclass(each, SQLModel)]
    return [each for each in known if each.__module__ == module.__name__]


def redrawn(page: str) -> str:
    """The page with the tables as the code has them now."""
    return MARKED.sub(lambda found: found[1] + table_list() + found[2], page)


def _only_one_per(row: type[SQLModel]) -> str:
    table = SQLModel.metadata.tables[str(row.__tablename__)]
    together = [
        sorted(key.columns.keys()) for key in table.constraints if type(key).__name__ == "UniqueConstraint"
    ]
    alone = [[column.name] for column in table.columns if column.unique]
    keys = sorted({", ".join(key) for key in [*together, *alone]})
    return "; ".join(keys)


def test_the_page_lists_the_tables_that_there_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert redrawn(page) == page
    assert "| `effect` |" in page


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
