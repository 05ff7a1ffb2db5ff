"""What does the certificate of Amazon SNS say, and is a signature by it?

A module of its own, loaded with the first signed message: `cryptography` takes eleven megabytes, which
whoever has no source of Amazon SNS should not pay.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from incident.errors import Rejected
from incident.trust.request import Forged
from incident.trust.sns import SnsMessage

HASHES = {"sha1": SHA1, "sha256": SHA256}


@dataclass(frozen=True)
class SnsCertificate:
    """A certificate of Amazon SNS."""

    certificate: x509.Certificate

    def check(self, message: SnsMessage, now: datetime) -> None:
        """Is the signature of a message right, and the certificate good now?

        Raises:
            Forged: it is not.
        """
        if not self.certificate.not_valid_before_utc <= now <= self.certificate.not_valid_after_utc:
            raise Forged("its certificate is not valid now")
        key = self.certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise Forged("its certificate is not one of Amazon SNS")
        try:
            key.verify(message.signature, message.signed, padding.PKCS1v15(), HASHES[message.hash]())
        except InvalidSignature:
            raise Forged("the signature is wrong") from None


def read_certificate(pem: bytes) -> SnsCertificate:
    """A certificate that says that it is one of Amazon SNS.

    Raises:
        Rejected: it says something else, or nothing.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        raise Rejected("what is at the address of the certificate is none") from None
    if not any(_is_of_sns(str(name.value)) for name in names):
        raise Rejected("the certificate is not one of Amazon SNS")
    return SnsCertificate(certificate)


def _is_of_sns(name: str) -> bool:
    return name.startswith("sns.") and name.removesuffix(".cn").endswith(".amazonaws.com")
