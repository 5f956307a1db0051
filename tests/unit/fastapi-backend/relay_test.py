# SPDX-License-Identifier: Apache-2.0
# SDP over the backend's own signalling.
import json

import httpx
import pytest
from app_fixture import Veche, log_in, start
from world import INVITATION

SESSION = "/v1/rooms/blue/participants/bob/session"
OFFER = {"content": "v=0\r\n", "headers": {"Content-Type": "application/sdp"}}


@pytest.fixture
def veche():
    made = Veche()
    made.routes["POST /v1/rooms/blue/participants"] = httpx.Response(201, json=INVITATION)
    made.routes[f"POST {SESSION}"] = lambda request: httpx.Response(201, text="answer", headers={"Location": f"{SESSION}/s1", "ETag": '"1"'})
    made.routes[f"DELETE {SESSION}/s1"] = httpx.Response(204)
    made.routes["DELETE /v1/rooms/blue/participants/bob"] = httpx.Response(204)
    return made


@pytest.fixture
def page(tmp_path, veche):
    with start(tmp_path, veche) as browser:
        log_in(browser, "bob")
        yield browser


def test_an_offer_goes_to_veche_with_the_api_key(page, veche):
    answer = page.post("/api/rooms/blue/session", **OFFER)
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (201, "answer", "application/sdp")
    assert answer.headers["Location"] == "/api/rooms/blue/session/s1"
    invited, offered = veche.requests[-2:]
    assert json.loads(invited.content) == {"id": "bob", "name": "Bob", "attributes": {"role": "guest"}}
    assert (offered.content, offered.headers["Content-Type"]) == (b"v=0\r\n", "application/sdp")
    assert offered.headers["Authorization"] == "Bearer id.secret"
    assert page.delete(answer.headers["Location"]).status_code == 204
    assert veche.called()[-1] == f"DELETE {SESSION}/s1"


def test_only_an_offer_of_some_size_is_taken(page, veche):
    assert page.post("/api/rooms/blue/session", json={}).status_code == 415
    assert page.post("/api/rooms/blue/session", **OFFER | {"content": "x" * 65537}).status_code == 413
    assert veche.called() == []


def test_a_session_that_has_ended_already_is_left(page, veche):
    assert page.delete("/api/rooms/blue/session/s2").status_code == 204


def test_no_removed_participant_gets_in(page, veche):
    page.app.state.context.store.bar("blue", "i1", "bob")
    assert page.post("/api/rooms/blue/session", **OFFER).status_code == 403
    assert f"POST {SESSION}" not in veche.called()


def test_a_removal_meanwhile_ends_the_session(page, veche):
    def answer(request):
        page.app.state.context.store.bar("blue", "i1", "bob")
        return httpx.Response(201, text="answer", headers={"Location": f"{SESSION}/s1"})

    veche.routes[f"POST {SESSION}"] = answer
    assert page.post("/api/rooms/blue/session", **OFFER).status_code == 403
    assert veche.called()[-1] == "DELETE /v1/rooms/blue/participants/bob"
