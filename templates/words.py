"""How are the small words called in a language? Labels, and the names of everything in a closed set.

They stand in ``<language>/words.yaml``; sentences stand in the templates. A word may have ``{places}`` that
`fill` fills in; a list of two words is singular and plural.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from incident.configuration import Language

FOLDER = Path(__file__).parent


@cache
def words(language: Language) -> Mapping[str, Any]:
    """The words of a language by section and name."""
    written = (FOLDER / language / "words.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = YAML(typ="safe").load(written)
    return loaded


def fill(word: str, /, **places: object) -> str:
    """The word with its places filled in: still untrusted, and escaped when it is printed."""
    return word.format(**places)


def count(number: int, forms: list[str]) -> str:
    """A number with its noun: `1 support case`, `2 support cases`."""
    singular, plural = forms
    return f"{number} {singular if number == 1 else plural}"
