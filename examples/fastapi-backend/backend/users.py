# SPDX-License-Identifier: Apache-2.0
"""The people who may log in, from a file. A real backend asks its own user directory instead.

`python3 -m backend.users` asks for a password and prints what belongs into the file.
"""
from __future__ import annotations

import base64
import getpass
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: Of scrypt: 16 MiB and some tens of milliseconds for each attempt.
COST = {"n": 2**14, "r": 8, "p": 1}
Role = Literal["host", "guest"]


@dataclass(frozen=True)
class User:
    """`id` is the participant's name in every room; a host may make rooms and moderate them."""

    id: str
    name: str
    role: Role

    @property
    def is_host(self) -> bool:
        return self.role == "host"


class Users:
    """{"ann": {"name": "Ann", "role": "host", "password": "scrypt:..."}}"""

    def __init__(self, file: Path) -> None:
        entries = json.loads(file.read_text(encoding="utf-8"))
        self._users = {id: User(id, entry["name"], entry["role"]) for id, entry in entries.items()}
        self._passwords = {id: str(entry["password"]) for id, entry in entries.items()}
        self._nobodys = hashed(secrets.token_hex())

    def get(self, id: str) -> User | None:
        return self._users.get(id)

    def log_in(self, id: str, password: str) -> User | None:
        """None: there is no such user, or the password is another; both take as long. Takes time: not for an event loop."""
        is_right = matches(password, self._passwords.get(id, self._nobodys))
        return self._users.get(id) if is_right else None


def hashed(password: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, **COST)
    return ":".join(["scrypt", base64.b64encode(salt).decode(), base64.b64encode(digest).decode()])


def matches(password: str, stored: str) -> bool:
    _, salt, _ = stored.split(":")
    return hmac.compare_digest(hashed(password, base64.b64decode(salt)), stored)


if __name__ == "__main__":
    print(hashed(getpass.getpass()))
