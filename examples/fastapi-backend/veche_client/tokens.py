# SPDX-License-Identifier: Apache-2.0
"""Signs join tokens, as the server does with its own: HS256 with a key of `auth.signing_keys`."""
from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Mapping

import jwt

#: The server refuses tokens that live longer, and those that are longer.
LONGEST_S = 24 * 3600
LARGEST_BYTES = 8192


@dataclass(frozen=True)
class SigningKey:
    """One of `auth.signing_keys`. Its secret is the server's and the backend's, and belongs into no browser."""

    kid: str
    secret: str

    def __repr__(self) -> str:
        return f"SigningKey({self.kid!r})"


def join_token(
    key: SigningKey,
    room: str,
    participant: str,
    *,
    ttl_s: float = 3600,
    name: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    attributes: Mapping[str, str] | None = None,
    publish: Sequence[str] | None = None,
    subscribe: bool | None = None,
    slots: Mapping[str, int] | None = None,
    muted: bool | None = None,
    create_room: bool | None = None,
    now_s: float | None = None,
) -> str:
    """A token that gives its bearer this participant's place in the room, and nothing else.

    `now_s` is in seconds since 1970, by default the time. It is written with milliseconds, because the server compares it with those of
    a removal: a token of the same second may be older or newer than that. Raises ValueError where the server would refuse the token.
    """
    if not 0 < ttl_s <= LONGEST_S:
        raise ValueError(f"a join token lives at most {LONGEST_S} s, not {ttl_s}")
    issued_s = round(time.time() if now_s is None else now_s, 3)
    optional: dict[str, Any] = {
        "name": name, "metadata": metadata, "attributes": attributes, "publish": publish, "subscribe": subscribe, "slots": slots,
        "muted": muted, "create_room": create_room,
    }
    claims = {"room": room, "sub": participant, "iat": issued_s, "exp": round(issued_s + ttl_s, 3)}
    claims |= {claim: value for claim, value in optional.items() if value is not None}
    token = jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})
    if len(token) > LARGEST_BYTES:
        raise ValueError(f"the join token has {len(token)} bytes, and may have {LARGEST_BYTES}: give it less metadata")
    return token
