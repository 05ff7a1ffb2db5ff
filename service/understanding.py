"""How is a delivery read, as its source is configured?"""

from incident.configuration import Source
from incident.errors import ConfigurationError
from incident.mail_rules import MailRules
from incident.mapping import MessageMapping
from incident.sources import Understood, mail, mapped, read, understand
from service.body import read_body
from service.expressions import Evaluation


def understood(source: Source, body: bytes) -> Understood:
    """The alerts of a delivery, and what of it could not be read.

    Raises:
        PayloadError: it cannot be understood.
    """
    if source.dialect == mail.SOURCE:
        return understand(lambda _: mail.parse(body, source.mail or MailRules()), None)
    payload = read_body(body)
    if source.dialect != mapped.SOURCE:
        return read(source.dialect, payload)
    evaluation = Evaluation()
    return understand(lambda value: mapped.parse(value, mapping_of(source), evaluation), payload)


def mapping_of(source: Source) -> MessageMapping:
    """The mapping of a source.

    Raises:
        ConfigurationError: it has none, which no configuration in force can have happen.
    """
    if source.mapping is None:
        raise ConfigurationError([f"a source of the dialect {mapped.SOURCE} needs mapping:"])
    return source.mapping
