# SPDX-License-Identifier: Apache-2.0
"""Verifies webhooks, which are signed as Standard Webhooks says (https://www.standardwebhooks.com)."""
from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .decode import decode
from .errors import BadAnswer, VecheError
from .models import Event

#: How far the clocks of server and backend may be apart, and how long a recorded delivery can be played back.
TOLERANCE_S = 300


class WebhookRejected(VecheError):
    """The delivery is not from the server, or not of now. Answer 400: the server tries again."""


@dataclass(frozen=True)
class Delivery:
    """A verified delivery. `id` is the same when the server delivers it again."""

    id: str
    event: Event


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """One signature, "v1,..."."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key_of(secret), signed, hashlib.sha256)).decode()


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now_s: float | None = None, tolerance_s: float = TOLERANCE_S
) -> Delivery:
    """The delivery, if one of the secrets ("whsec_...") signed it. During a rotation there are two.

    `headers` has names in lower case, or takes them in any; `body` is as it came. Raises WebhookRejected.
    """
    webhook_id, timestamp, signatures = (headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    if not (webhook_id and timestamp and signatures):
        raise WebhookRejected("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise WebhookRejected("webhook-timestamp is no number of seconds")
    now = time.time() if now_s is None else now_s
    if abs(now - int(timestamp)) > tolerance_s:
        raise WebhookRejected(f"webhook-timestamp is more than {tolerance_s:g} s away from this machine's time")
    given = [each.encode() for each in signatures.split(" ")]
    wanted = [sign(secret, webhook_id, int(timestamp), body).encode() for secret in secrets]
    # Every pair is compared, and each in constant time.
    if not any([hmac.compare_digest(one, other) for one in given for other in wanted]):
        raise WebhookRejected("no signature is right")
    try:
        return Delivery(webhook_id, decode(Event, json.loads(body)))
    except (ValueError, BadAnswer) as error:
        raise WebhookRejected(f"the body is no event: {error}") from None


def _key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError('a webhook secret is "whsec_" and base64') from None
