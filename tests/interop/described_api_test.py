# SPDX-License-Identifier: Apache-2.0
# What compares answers with the server's document finds each kind of lie.
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "harness"))
from described_api import DescribedApi  # noqa: E402

JSON = "application/json"
ROOM = {"type": "object", "required": ["id"], "additionalProperties": False,
        "properties": {"id": {"type": "string"}, "at": {"type": "string", "format": "date-time"}}}
POLICY = {"type": "object", "additionalProperties": False, "properties": {"size": {"type": "integer"}}}
ROOM_ANSWER = {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Room"}}}}
DOCUMENT = {
    "paths": {
        "/v1/rooms/{room}": {
            "get": {"responses": {"200": ROOM_ANSWER, "404": {"$ref": "#/components/responses/Problem"}}},
            "put": {"requestBody": {"content": {JSON: {"schema": POLICY}}}, "responses": {"201": ROOM_ANSWER}},
            "delete": {"responses": {"204": {}}},
        },
        "/v1/rooms/all": {"get": {"responses": {"200": {"content": {"text/*": {}}}}}},
        "/v1/plugins/x/y": {"get": {"responses": {"default": {}}}},
    },
    "components": {
        "schemas": {"Room": ROOM},
        "responses": {"Problem": {"content": {"application/problem+json": {"schema": {"type": "object", "required": ["type"]}}}}},
    },
}


class Described(unittest.TestCase):
    def test_allows_what_the_document_says(self):
        api = DescribedApi(DOCUMENT)
        for exchange in (
            ("GET", "/v1/rooms/blue?x=1", 200, JSON, {"id": "a", "at": "2026-01-31T09:00:00.000Z"}),
            ("GET", "/v1/rooms/blue", 404, "application/problem+json", {"type": "/problems/not-found"}),
            ("HEAD", "/v1/rooms/blue", 200, JSON, ""),
            ("DELETE", "/v1/rooms/blue", 204, "", ""),
            ("PUT", "/v1/rooms/blue", 201, JSON, {"id": "a"}, {"size": 1}),
            ("GET", "/v1/rooms/all", 200, "text/plain", "the precise path counts"),
            ("GET", "/v1/nothing", 404, "application/problem+json", {}),
            ("GET", "/index.html", 200, "text/html", "a file"),
            ("GET", "/v1/plugins/x/y", 200, "text/plain", "a plugin that says nothing of its answers"),
        ):
            self.assertIsNone(api.complaint(*exchange), exchange)

    def test_complains_of_everything_else(self):
        api = DescribedApi(DOCUMENT)
        for complaint, *exchange in (
            ("is not documented", "GET", "/v1/rooms/blue", 500, JSON, {}),
            ("operation that is not documented", "GET", "/v1/nothing", 200, "text/plain", "x"),
            ("content type", "GET", "/v1/rooms/blue", 200, "text/plain", "x"),
            ("is not of type 'string'", "GET", "/v1/rooms/blue", 200, JSON, {"id": 1}),
            ("was unexpected", "GET", "/v1/rooms/blue", 200, JSON, {"id": "a", "secret": 1}),
            ("is not a 'date-time'", "GET", "/v1/rooms/blue", 200, JSON, {"id": "a", "at": "today"}),
            ("'type' is a required", "GET", "/v1/rooms/blue", 404, "application/problem+json", {}),
            ("has a body", "DELETE", "/v1/rooms/blue", 204, "text/plain", "x"),
            ("took a body that does not fit", "PUT", "/v1/rooms/blue", 201, JSON, {"id": "a"}, {"colour": 1}),
        ):
            self.assertIn(complaint, api.complaint(*exchange) or "", exchange)


unittest.main()
