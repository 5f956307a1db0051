# SPDX-License-Identifier: Apache-2.0
# Join tokens as the server wants them.
import jwt
import pytest
from veche_client import SigningKey, join_token

KEY = SigningKey("2026-01", "s" * 32)


def claims_of(token):
    return jwt.decode(token, KEY.secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})


def test_a_token_names_its_key_and_its_time_to_the_millisecond():
    token = join_token(KEY, "blue", "ann", now_s=1700000000.123456)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "kid": "2026-01", "typ": "JWT"}
    assert claims_of(token) == {"room": "blue", "sub": "ann", "iat": 1700000000.123, "exp": 1700003600.123}


def test_what_is_not_said_is_left_to_the_server():
    token = join_token(KEY, "blue", "ann", name="Ann", metadata={"team": 1}, attributes={"role": "host"}, publish=[], subscribe=False,
                       slots={"audio": 2}, muted=True, create_room=True, now_s=1)
    claims = claims_of(token)
    assert {name: claims[name] for name in claims.keys() - {"room", "sub", "iat", "exp"}} == {
        "name": "Ann", "metadata": {"team": 1}, "attributes": {"role": "host"}, "publish": [], "subscribe": False, "slots": {"audio": 2},
        "muted": True, "create_room": True}


def test_what_the_server_would_refuse_is_refused_here():
    for ttl_s in (0, -1, 24 * 3600 + 1):
        with pytest.raises(ValueError, match="lives at most 86400 s"):
            join_token(KEY, "blue", "ann", ttl_s=ttl_s)
    with pytest.raises(ValueError, match="give it less metadata"):
        join_token(KEY, "blue", "ann", metadata={"text": "x" * 8000})


def test_a_key_that_is_printed_keeps_its_secret():
    assert "sss" not in repr(KEY)
