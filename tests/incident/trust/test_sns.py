"""Which messages of Amazon SNS are looked at, and which addresses in them may be called?"""

from datetime import timedelta
from typing import Any

import pytest

from incident.trust.request import Expired, Forged
from incident.trust.sns import read_message
from incident.trust.ways import SnsSignature
from tests.ledger.desk import START
from tests.signing import CERTIFICATE_URL, TOPIC, Sns

WAY = SnsSignature(topics=(TOPIC,), hosts=("sns.example",))
CONFIRM = "https://sns.eu-south-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={}&Token={}"
OTHER_TOPIC = TOPIC.replace("alarms", "other")
SUBSCRIPTION = Sns().subscription()
TOKEN = SUBSCRIPTION["Token"]

WRONG_CERTIFICATES = [
    pytest.param("http://sns.eu-south-1.amazonaws.com/SimpleNotificationService-0a.pem", id="no TLS"),
    pytest.param("https://sns.eu-south-1.amazonaws.com.evil.example/x.pem", id="a host that begins so"),
    pytest.param("https://evil.example/sns.eu-south-1.amazonaws.com/x.pem", id="Amazon in the path"),
    pytest.param("https://s3.eu-south-1.amazonaws.com/bucket/x.pem", id="what anybody puts at Amazon"),
    pytest.param("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem", id="a region"),
    pytest.param("https://sns.eu-south-1.amazonaws.com/x.pem", id="another file"),
    pytest.param(CERTIFICATE_URL + "?x=.pem", id="a query"),
    pytest.param(CERTIFICATE_URL.replace("https://", "https://x@"), id="a name in front"),
    pytest.param(CERTIFICATE_URL.replace(".com/", ".com:8443/"), id="another port"),
    pytest.param("https://[::1", id="no address at all"),
    pytest.param("https://169.254.169.254/x.pem", id="the secrets of a machine in a cloud"),
    pytest.param(CERTIFICATE_URL + "0" * 3000, id="a very long one"),
    pytest.param("", id="none"),
]
WRONG_CONFIRMATIONS = [
    pytest.param(CONFIRM.format(OTHER_TOPIC, TOKEN), id="another topic"),
    pytest.param(CONFIRM.format(TOPIC, "x"), id="another token"),
    pytest.param(CONFIRM.format(TOPIC, TOKEN) + "&Action=DeleteTopic", id="two actions"),
    pytest.param(CONFIRM.format(TOPIC, TOKEN).replace("Confirm", "Un"), id="another action"),
    pytest.param(CONFIRM.format(TOPIC, TOKEN) + "&AuthenticateOnUnsubscribe=true", id="something more"),
    pytest.param(CONFIRM.format(TOPIC, TOKEN).replace("sns.eu", "evil.eu"), id="another host"),
    pytest.param("http://127.0.0.1/?Action=ConfirmSubscription", id="our own machine"),
]


def test_a_message_of_an_allowed_topic_is_looked_at() -> None:
    message = read_message(Sns().notification({}), WAY, START)
    assert (message.topic, message.certificate, message.hash) == (TOPIC, CERTIFICATE_URL, "sha1")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"TopicArn": OTHER_TOPIC}, id="another topic"),
        pytest.param({"Type": "Order"}, id="another type"),
        pytest.param({"MessageId": ""}, id="no number"),
        pytest.param({"SignatureVersion": "3"}, id="a version that is not known"),
        pytest.param({"Signature": "%%%"}, id="no signature"),
        pytest.param({"TopicArn": [TOPIC]}, id="a list for a topic"),
    ],
)
def test_whatever_else_is_forged(changes: dict[str, Any]) -> None:
    with pytest.raises(Forged):
        read_message(Sns().notification({}) | changes, WAY, START)


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"AlarmName": "disk"}])
def test_what_is_no_envelope_is_forged_and_told_about_raw_delivery(payload: Any) -> None:
    with pytest.raises(Forged, match="raw message delivery"):
        read_message(payload, WAY, START)


@pytest.mark.parametrize("address", WRONG_CERTIFICATES)
def test_a_certificate_comes_from_amazon_only(address: str) -> None:
    with pytest.raises(Forged):
        read_message(Sns().notification({}, SigningCertURL=address), WAY, START)


@pytest.mark.parametrize("address", WRONG_CONFIRMATIONS)
def test_a_subscription_is_confirmed_for_its_topic_at_amazon_only(address: str) -> None:
    with pytest.raises(Forged):
        read_message(SUBSCRIPTION | {"SubscribeURL": address}, WAY, START)


def test_other_hosts_are_allowed_by_name() -> None:
    address = "https://sns.example/certificate.pem"
    assert read_message(Sns().notification({}, SigningCertURL=address), WAY, START).certificate == address


def test_china_has_hosts_of_its_own() -> None:
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:alarms"
    address = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a.pem"
    message = Sns(topic).notification({}, SigningCertURL=address)
    assert read_message(message, SnsSignature(topics=(topic,)), START).certificate == address


@pytest.mark.parametrize(("minutes", "good"), [(64, True), (66, False), (-4, True), (-6, False)], ids=str)
def test_a_message_is_taken_for_as_long_as_amazon_repeats_it(minutes: float, good: bool) -> None:
    sent = Sns().notification({}, START - timedelta(minutes=minutes))
    if good:
        read_message(sent, WAY, START)
    else:
        with pytest.raises(Expired):
            read_message(sent, WAY, START)


def test_a_message_is_known_by_its_number_for_as_long_as_it_would_be_taken() -> None:
    message = read_message(Sns().notification({}), WAY, START)
    once = message.once(WAY)
    assert message.id in once.key
    assert once.until >= START + WAY.tolerance
