# SPDX-License-Identifier: Apache-2.0
"""What the backend needs to know, from environment variables. dev.env has them all, for trials on one machine."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from veche_client import SigningKey

from .rollout import Policy

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
    #: What hosts do not change by the API.
    rollout: Policy = field(default_factory=Policy)
    #: Lets a program change the rollout, and read the metrics; "": only hosts may.
    operator_token: str = field(default="", repr=False)
    #: Pages of these origins may open the signalling, besides the backend's own.
    origins: frozenset[str] = frozenset()
    #: STUN and TURN servers of a mesh, where Veche names none because it is away.
    mesh_ice_servers: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Raises BadSettings."""

        def needed(name: str) -> str:
            value = environment.get(name, "")
            if not value:
                raise BadSettings(f"the environment variable {name} is missing; examples/fastapi-backend/dev.env explains it")
            return value

        secret = _long_enough("BACKEND_SESSION_SECRET", needed("BACKEND_SESSION_SECRET"))
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
            voice_client=Path(environment.get("BACKEND_VOICE_CLIENT") or HERE.parent.parent / "clients" / "web"),
            has_https=environment.get("BACKEND_HAS_HTTPS", "") == "1",
            rollout=_rollout(environment),
            operator_token=_long_enough("BACKEND_OPERATOR_TOKEN", environment.get("BACKEND_OPERATOR_TOKEN", "")),
            origins=_names(environment.get("BACKEND_ORIGINS", "")),
            mesh_ice_servers=_ice_servers(environment.get("BACKEND_MESH_ICE_SERVERS") or "[]"),
        )


def _long_enough(name: str, secret: str) -> str:
    if secret and len(secret) < SHORTEST_SECRET:
        raise BadSettings(f"{name} needs at least {SHORTEST_SECRET} characters: openssl rand -hex 32")
    return secret


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _number(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise BadSettings(f"{name} is a number from 0 to {most}, not {text!r}")
    return int(text)


def _rollout(environment: Mapping[str, str]) -> Policy:
    return Policy(
        percentage=_number(environment, "ROLLOUT_PERCENTAGE", 100, 100),
        kill_switch=environment.get("ROLLOUT_KILL_SWITCH", "") == "1",
        allowed=_names(environment.get("ROLLOUT_ALLOW", "")),
        mesh_limit=_number(environment, "ROLLOUT_MESH_LIMIT", 8, 16),
    )


def _ice_servers(text: str) -> list[dict[str, Any]]:
    try:
        servers = json.loads(text)
    except ValueError:
        servers = None
    if not isinstance(servers, list) or not all(isinstance(each, dict) and "urls" in each for each in servers):
        raise BadSettings('BACKEND_MESH_ICE_SERVERS is a list in JSON: [{"urls": ["stun:stun.example.org"]}]')
    return servers
