# SPDX-License-Identifier: Apache-2.0
"""What the backend needs to know, from environment variables. dev.env has them all, for trials on one machine."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from veche_client import SigningKey

HERE = Path(__file__).resolve().parents[1]
SHORTEST_SECRET = 32


class BadSettings(Exception):
    """A variable is missing or wrong; the message names it."""


@dataclass(frozen=True)
class Settings:
    """`veche_url` is where this backend reaches Veche, `veche_public_url` where browsers do. Secrets stay out of messages."""

    veche_url: str
    veche_public_url: str
    veche_key: str = field(repr=False)
    signing_key: SigningKey
    webhook_secrets: list[str] = field(repr=False)
    session_secret: str = field(repr=False)
    database: Path
    users: Path
    voice_client: Path
    #: Browsers then send the cookie over HTTPS alone.
    has_https: bool

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Raises BadSettings."""

        def needed(name: str) -> str:
            value = environment.get(name, "")
            if not value:
                raise BadSettings(f"the environment variable {name} is missing; examples/fastapi-backend/dev.env explains it")
            return value

        secret = needed("BACKEND_SESSION_SECRET")
        if len(secret) < SHORTEST_SECRET:
            raise BadSettings(f"BACKEND_SESSION_SECRET needs at least {SHORTEST_SECRET} characters: openssl rand -hex 32")
        url = needed("VECHE_URL")
        return cls(
            veche_url=url,
            veche_public_url=environment.get("VECHE_PUBLIC_URL") or url,
            veche_key=needed("VECHE_KEY"),
            signing_key=SigningKey(needed("VECHE_SIGNING_KID"), needed("VECHE_SIGNING_SECRET")),
            webhook_secrets=needed("VECHE_WEBHOOK_SECRETS").split(","),
            session_secret=secret,
            database=Path(needed("BACKEND_DATABASE")),
            users=Path(environment.get("BACKEND_USERS") or HERE / "users.json"),
            voice_client=Path(environment.get("BACKEND_VOICE_CLIENT") or HERE.parent / "voice-client"),
            has_https=environment.get("BACKEND_HAS_HTTPS", "") == "1",
        )
