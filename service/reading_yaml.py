"""What does a YAML file say, and on which line does it say what?

Plain values with a line for every key. Times stay text, so that whoever knows the time zone reads them. A key
that is written twice is a problem instead of a silent loss.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from incident.errors import IncidentError

Path = tuple[str | int, ...]
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class SyntaxProblem(IncidentError):  # noqa: N818  caught by the reader of the configuration, which adds the file
    """This is no YAML; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


@dataclass(frozen=True)
class Repeated:
    """A key that stands twice in one mapping."""

    path: Path
    line: int
    first_line: int


@dataclass
class Written:
    """A file as plain values, with the line (from 1) of every key and list entry."""

    values: Any = None
    lines: dict[Path, int] = field(default_factory=lambda: {(): 1})
    repeated: list[Repeated] = field(default_factory=list)

    def nearest(self, path: Path) -> Path:
        """The longest beginning of a path that stands in the file."""
        while path not in self.lines:
            path = path[:-1]
        return path

    def named(self, dotted: str) -> Path:
        """The path that is written with dots: names may hold dots, too, so that it cannot be split."""
        known = {".".join(map(str, path)): path for path in self.lines}
        while dotted and dotted not in known:
            dotted = dotted.rpartition(".")[0]
        return known[dotted]


def read_yaml(text: str) -> Written:
    """Read a text.

    Raises:
        SyntaxProblem: it is no YAML.
    """
    reader = YAML(typ="safe", pure=True)
    try:
        root = reader.compose(text)
        written = Written()
        written.values = None if root is None else _read(root, (), written, reader)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise SyntaxProblem(mark.line + 1 if mark else 1, f"is no YAML: {reason}") from None
    except RecursionError:
        raise SyntaxProblem(1, "is nested without end: an alias stands inside what it names") from None
    except (YAMLError, ValueError) as error:
        raise SyntaxProblem(1, f"is no YAML: {str(error).splitlines()[0]}") from None
    return written


def _read(node: Node, path: Path, written: Written, reader: Any) -> Any:
    match node:
        case MappingNode():
            return dict(_entries(node, path, written, reader))
        case SequenceNode():
            return [_item(each, (*path, number), written, reader) for number, each in enumerate(node.value)]
        case ScalarNode(tag=str(tag)) if tag == TIMESTAMP:
            return node.value
        case _:
            return reader.constructor.construct_object(node)


def _entries(node: MappingNode, path: Path, written: Written, reader: Any) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        here = (*path, name)
        if name in seen:
            written.repeated.append(Repeated(here, line, seen[name]))
            continue
        seen[name] = line
        written.lines.setdefault(here, line)
        yield name, _read(value, here, written, reader)


def _item(node: Node, path: Path, written: Written, reader: Any) -> Any:
    written.lines.setdefault(path, node.start_mark.line + 1)
    return _read(node, path, written, reader)
