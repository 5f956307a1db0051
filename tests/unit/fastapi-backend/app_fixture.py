# SPDX-License-Identifier: Apache-2.0
"""The backend without Veche: its requests go to functions of the test."""
import re
from dataclasses import replace

import httpx
from backend.app import create_app
from backend.settings import HERE, Settings
from fastapi.testclient import TestClient
from veche_client import NO_RETRIES, AsyncClient, SigningKey
from world import PARTICIPANT, ROOM, problem

KEY = SigningKey("k1", "s" * 32)
WEBHOOK_SECRET = "whsec_" + "A" * 32
EMPTY_PAGE = {"events": [], "next_after": 0, "oldest": 0, "newest": 0, "reset": False}


class Veche:
    """Answers by method and path: `routes` maps "GET /v1/..." patterns to a response, JSON, or a function of the request."""

    def __init__(self):
        self.requests = []
        self.is_up = True
        self.instance = "run-1"
        self.routes = {
            "GET /v1/events": EMPTY_PAGE,
            "GET /v1/rooms/blue": ROOM,
            "GET /v1/rooms/blue/participants": {"participants": [PARTICIPANT], "next_cursor": None},
            "GET /v1/rooms/blue/participants/[^/]+/ice-servers": {"ice_servers": [{"urls": ["stun:stun.example.org"]}]},
        }

    def handle(self, request):
        if not self.is_up:
            raise httpx.ConnectError("connection refused", request=request)
        if request.url.path == "/readyz":
            return httpx.Response(200, headers={"Veche-Instance": self.instance})
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


def settings(tmp_path, **more):
    return replace(
        Settings("http://veche", "https://voice.example.org", "id.secret", KEY, [WEBHOOK_SECRET], "x" * 32, tmp_path / "backend.db",
                 HERE / "users.json", HERE.parent.parent / "clients" / "web", False), **more)


def start(tmp_path, veche, **more):
    """To use in `with`: that starts and stops the application. `more`: settings. A request to a Veche that is away is not repeated."""
    client = AsyncClient("http://veche", "id.secret", transport=httpx.MockTransport(veche.handle), policy=NO_RETRIES)
    return TestClient(create_app(settings(tmp_path, **more), client), raise_server_exceptions=True)


def log_in(page, user="ann"):
    answer = page.post("/api/login", json={"user": user, "password": f"{user}-demo"})
    assert answer.status_code == 200, answer.text
    return answer.json()
