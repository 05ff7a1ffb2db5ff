"""Which expressions of a configuration are none?"""

from collections.abc import Iterator

from incident.configuration import Configuration
from incident.findings import Finding
from incident.sources.mapped import NoValue
from service.expressions import compiled


def wrong_expressions(configuration: Configuration) -> Iterator[Finding]:
    """Those of mappings that do not compile, with the reason."""
    for name, source in configuration.sources.items():
        for place, expression in source.mapping.expressions() if source.mapping else ():
            try:
                compiled(expression)
            except NoValue as none:
                message = f"{expression!r} is no JMESPath expression: {none}"
                yield Finding(place=("sources", name, "mapping", *place), message=message)
