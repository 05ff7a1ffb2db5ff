"""What does `incident.yaml` say, and what is wrong with it, line by line?

`load` reads a file or refuses it with every problem at once, each as `FILE:LINE: path.to.key: message`;
`examine` tells the warnings, too.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from blocks.catalogue import problems_of
from incident.configuration import Configuration
from incident.errors import ConfigurationError
from incident.findings import Finding
from incident.references import check_references
from service.configuration_environment import unset_variables
from service.configuration_expressions import wrong_expressions
from service.configuration_words import sentence
from service.minimum import DEFAULT, for_whoever_is_here
from service.reading_yaml import Path as Place
from service.reading_yaml import SyntaxProblem, Written, read_yaml

FILE_NAME = "incident.yaml"
ANYWHERE = "http://127.0.0.1"
"""Stands for the address of the web service, which connections need to be built but not to be checked."""

Environment = Mapping[str, str]
Check = Callable[[Configuration], Iterable[Finding]]


@dataclass(frozen=True)
class Remark:
    """Something that must or should be changed, and where."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


@dataclass(frozen=True)
class Examined:
    """A file with all that is to be said about it; there is a configuration unless a problem forbids it."""

    configuration: Configuration | None
    problems: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()

    def accepted(self) -> Configuration:
        """The configuration.

        Raises:
            ConfigurationError: the file has problems.
        """
        if self.configuration is None:
            raise ConfigurationError([str(problem) for problem in self.problems])
        return self.configuration


def no_further_check(_: Configuration) -> Iterable[Finding]:
    """Nothing is added to what is right or wrong in itself."""
    return ()


def find_file(given: Path | None, directory: Path) -> Path:
    """The file that is meant: the given one, else `incident.yaml` here, else the built-in minimum."""
    if given is not None:
        return given
    here = directory / FILE_NAME
    return here if here.exists() else DEFAULT


def load(path: Path, environment: Environment = os.environ) -> Configuration:
    """The configuration in a file.

    Raises:
        ConfigurationError: it cannot be used; its problems name file, line and key.
    """
    return examine(path, environment).accepted()


def examine(path: Path, environment: Environment = os.environ, further: Check = no_further_check) -> Examined:
    """Everything that must or should be changed in a file; `further` looks at what is no error in itself."""
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return Examined(None, (Remark(file, 1, "", "is no text in UTF-8; save it as UTF-8"),))
    except OSError as error:
        message = f"{error.strerror or 'cannot be read'}; incident.example.yaml is a start"
        return Examined(None, (Remark(file, 0, "", message),))
    if path == DEFAULT:
        text = for_whoever_is_here(text)
    try:
        written = read_yaml(text)
    except SyntaxProblem as problem:
        return Examined(None, (Remark(file, problem.line, "", str(problem)),))
    configuration, findings = _judge(written, environment, further)
    problems = _remarks(file, written, (finding for finding in findings if finding.fatal))
    warnings = _remarks(file, written, (finding for finding in findings if not finding.fatal))
    return Examined(None if problems else configuration, problems, warnings)


def _judge(
    written: Written, environment: Environment, further: Check
) -> tuple[Configuration | None, list[Finding]]:
    findings = list(_repeated(written))
    try:
        configuration = Configuration.model_validate(written.values if written.values is not None else {})
    except ValidationError as error:
        return None, [*findings, *_invalid(error, written)]
    findings += check_references(configuration)
    if not any(finding.place[0] == "use" for finding in findings):
        findings += _connections(configuration, environment, written)
    findings += unset_variables(configuration, environment)
    findings += wrong_expressions(configuration)
    if not any(finding.fatal for finding in findings):
        findings += further(configuration)
    return configuration, findings


def _repeated(written: Written) -> Iterator[Finding]:
    for again in written.repeated:
        message = f"stands on line {again.first_line} already; keep one of them"
        yield Finding(place=again.path, message=message)


def _invalid(error: ValidationError, written: Written) -> Iterator[Finding]:
    # The input is left out: it may be a secret that somebody wrote into the file.
    errors = error.errors(include_url=False, include_input=False)
    for found in errors:
        if found["type"] == "too_short" and any(_beneath(other["loc"], found["loc"]) for other in errors):
            continue  # pydantic leaves out entries that are wrong themselves, and then misses them
        place = _place(tuple(found["loc"]), written, missing=found["type"] == "missing")
        yield Finding(place=place, message=sentence(dict(found), place))


def _beneath(loc: Place, other: Place) -> bool:
    return len(loc) > len(other) and loc[: len(other)] == other


def _place(loc: Place, written: Written, *, missing: bool) -> Place:
    """The path of a pydantic error without the parts that are no keys, such as the names of union members."""
    place: Place = ()
    for part in loc:
        if (*place, part) in written.lines:
            place = (*place, part)
    return (*place, loc[-1]) if missing else place


def _connections(
    configuration: Configuration, environment: Environment, written: Written
) -> Iterator[Finding]:
    for problem in problems_of(configuration, environment, ANYWHERE):
        dotted, _, message = problem.partition(": ")
        place = written.named(dotted)
        rest = dotted.removeprefix(".".join(map(str, place))).lstrip(".")
        yield Finding(place=(*place, rest) if rest else place, message=message)


def _remarks(file: str, written: Written, findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """The findings with their lines, in the order of the file."""
    repeated = {again.path: again.line for again in written.repeated}
    remarks = [
        Remark(
            file=file,
            line=repeated.get(finding.place) or written.lines[written.nearest(finding.place)],
            key=".".join(map(str, finding.place)),
            message=finding.message,
        )
        for finding in findings
    ]
    return tuple(sorted(remarks, key=lambda remark: remark.line))


def schema() -> dict[str, Any]:
    """The JSON schema of the file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Configuration.model_json_schema()}
