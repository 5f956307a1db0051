# SPDX-License-Identifier: Apache-2.0
"""The backend without Veche: its requests go to functions of the test."""
import re

import httpx
from backend.app import create_app
from backend.settings import HERE, Settings
from fastapi.testclient import TestClient
from veche_client import AsyncClient, SigningKey
from world import PARTICIPANT, ROOM, problem

KEY = SigningKey("k1", "s" * 32)
WEBHOOK_SECRET = "whsec_" + "A" * 32
EMPTY_PAGE = {"events": [], "next_after": 0, "oldest": 0, "newest": 0, "reset": False}


class Veche:
    """Answers by method and path: `routes` maps "GET /v1/..." patterns to a response, JSON, or a function of the request."""

    def __init__(self):
        self.requests = []
        self.routes = {
            "GET /v1/events": EMPTY_PAGE,
            "GET /v1/rooms/blue": ROOM,
            "GET /v1/rooms/blue/participants": {"participants": [PARTICIPANT], "next_cursor": None},
            "GET /v1/rooms/blue/participants/[^/]+/ice-servers": {"ice_servers": [{"urls": ["stun:stun.example.org"]}]},
        }

    def handle(self, request):
        self.requests.append(request)
        called = f"{request.method} {request.url.path}"
        for pattern, answer in self.routes.items():
            if re.fullmatch(pattern, called):
                answer = answer(request) if callable(answer) else answer
                return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)
        return problem(404, "/problems/not-found")

    def called(self):
        """What was asked for, but for events."""
        return [f"{request.method} {request.url.path}" for request in self.requests if request.url.path != "/v1/events"]


def settings(tmp_path):
    return Settings("http://veche", "https://voice.example.org", "id.secret", KEY, [WEBHOOK_SECRET], "x" * 32, tmp_path / "backend.db",
                    HERE / "users.json", HERE.parent / "voice-client", False)


def start(tmp_path, veche):
    """To use in `with`: that starts and stops the application."""
    client = AsyncClient("http://veche", "id.secret", transport=httpx.MockTransport(veche.handle))
    return TestClient(create_app(settings(tmp_path), client), raise_server_exceptions=True)


def log_in(page, user="ann"):
    answer = page.post("/api/login", json={"user": user, "password": f"{user}-demo"})
    assert answer.status_code == 200, answer.text
    return answer.json()
