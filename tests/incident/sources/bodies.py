"""Where do the bodies of these tests come from? From tests/data/payloads, as they came over the wire."""

from pathlib import Path

from service.body import read_body

PAYLOADS = Path(__file__).parents[2] / "data" / "payloads"


def body(dialect: str, file: str) -> object:
    """One message, read as the doors read it."""
    return read_body((PAYLOADS / dialect / file).read_bytes())


def files(*dialects: str) -> list[tuple[str, str]]:
    """Dialect and file of every body that is kept here."""
    return sorted(
        (path.parent.name, path.name) for dialect in dialects for path in (PAYLOADS / dialect).iterdir()
    )
