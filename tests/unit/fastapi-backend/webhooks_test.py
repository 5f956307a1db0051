# SPDX-License-Identifier: Apache-2.0
# Standard Webhooks: what is verified, and what is refused.
import json

import pytest
from veche_client import WebhookRejected, verify
from veche_client.webhooks import sign
from world import event

OLD, NEW, FOREIGN = ("whsec_" + letter * 32 for letter in "ABC")
BODY = json.dumps(event(7, name="Ann")).encode()
NOW = 1700000000


def headers(secret=NEW, body=BODY, timestamp=NOW, **changes):
    made = {"webhook-id": "m7", "webhook-timestamp": str(timestamp), "webhook-signature": sign(secret, "m7", timestamp, body)}
    return made | {name.replace("_", "-"): value for name, value in changes.items()}


def test_signs_as_the_standards_own_example():
    signature = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_delivery_has_its_id_and_its_event():
    delivery = verify([NEW], headers(), BODY, now_s=NOW)
    assert (delivery.id, delivery.event.id, delivery.event.data) == ("m7", 7, {"name": "Ann"})


def test_during_a_rotation_either_secret_is_right():
    assert verify([OLD, NEW], headers(OLD), BODY, now_s=NOW).id == "m7"
    both = f"{sign(OLD, 'm7', NOW, BODY)} v1a,ignored {sign(NEW, 'm7', NOW, BODY)}"
    assert verify([NEW], headers(webhook_signature=both), BODY, now_s=NOW).id == "m7"


@pytest.mark.parametrize("given, body, now_s, why", [
    (headers(FOREIGN), BODY, NOW, "no signature is right"),
    (headers(), BODY.replace(b"Ann", b"Eve"), NOW, "no signature is right"),
    (headers(webhook_id="m8"), BODY, NOW, "no signature is right"),
    (headers(webhook_signature="v1,é"), BODY, NOW, "no signature is right"),
    (headers(), BODY, NOW + 301, "more than 300 s away"),
    (headers(), BODY, NOW - 301, "more than 300 s away"),
    (headers(webhook_timestamp="soon"), BODY, NOW, "no number"),
    (headers(webhook_signature=""), BODY, NOW, "are needed"),
    ({}, BODY, NOW, "are needed"),
    (headers(body=b"[]"), b"[]", NOW, "the body is no event"),
    (headers(body=b"{"), b"{", NOW, "the body is no event"),
])
def test_anything_else_is_rejected(given, body, now_s, why):
    with pytest.raises(WebhookRejected, match=why):
        verify([NEW], given, body, now_s=now_s)
