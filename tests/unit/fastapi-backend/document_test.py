# SPDX-License-Identifier: Apache-2.0
# The client against the document that the server gives of itself: what the client asks for is there, and has the fields that it reads and writes.
import dataclasses
import inspect
import json
import pathlib
import sys
import tempfile
import typing
import unittest
from datetime import datetime
from types import UnionType

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "interop" / "harness"))
from veche_client import bodies, models, operations  # noqa: E402
from veche_client.decode import REST, fields_of  # noqa: E402
from veche_server import VecheServer, write_configuration  # noqa: E402

VECHE, PLUGINS = (pathlib.Path(sys.argv.pop(1)).resolve() for _ in range(2))
NAMES = {"room": "blue", "participant": "ann", "session": "s", "recording": "r", "file": "mix.webm"}
#: Arguments of operations, by the name of the parameter.
ARGUMENTS = NAMES | {"headers": {}, "limit": 10, "cursor": "c", "prefix": "p", "policy": {}, "patch": {}, "settings": {}, "order": {}, "only_new": True,
                     "key": None, "reason": "r", "allow_rejoin": True, "after": 0, "types": "a", "wait_s": 1, "offer": "v=0", "message": {},
                     "participants": ["ann"]}
#: Which model an operation reads, by its name; those without one read no JSON.
BODIES = {"put_room": bodies.RoomPolicy, "patch_room": bodies.RoomPolicy, "invite": bodies.InvitationSettings,
          "patch_participant": bodies.ParticipantSettings, "moderate": bodies.Moderation, "start_recording": bodies.RecordingSettings}
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", datetime: "string"}


def operations_of_the_client():
    """Each operation by the name of the function that makes it."""
    made = {}
    for name, function in inspect.getmembers(operations, inspect.isfunction):
        if function.__module__ == operations.__name__ and not name.startswith("_"):
            made[name] = function(*[ARGUMENTS[each] for each in inspect.signature(function).parameters])
    return made


class Document(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            sections = {"auth": {"keys": [{"id": "test", "secret": "testsecret-of-16", "scopes": ["admin"]}]}, "plugin_dirs": [str(PLUGINS)],
                        "plugins": [{"name": "forwarding"}, {"name": "recording", "config": {"directory": folder + "/recordings"}}]}
            with VecheServer(VECHE, "--config", write_configuration(folder, sections)) as server:
                status, cls.document = server.ask("GET", "/v1/openapi.json", key="test.testsecret-of-16")
        assert status == 200, cls.document

    def resolved(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
            schema = node
        return schema

    def described(self, operation):
        methods = self.document["paths"].get(operation.path)
        self.assertIsNotNone(methods, f"the document has no {operation.path}")
        self.assertIn(operation.method.lower(), methods, operation.path)
        return methods[operation.method.lower()]

    def test_every_request_of_the_client_is_in_the_document(self):
        made = operations_of_the_client()
        self.assertGreater(len(made), 20)
        for name, operation in made.items():
            with self.subTest(name):
                described = self.described(operation)
                parameters = [self.resolved(each) for each in described.get("parameters", [])]
                known = {each["name"] for each in parameters if each["in"] == "query"}
                self.assertEqual(operation.query.keys() - known, set())

    def test_every_answer_has_the_fields_that_the_client_reads(self):
        for name, operation in operations_of_the_client().items():
            model = model_of(name)
            if model is None:
                continue
            with self.subTest(name):
                answers = self.described(operation)["responses"]
                schemas = [answer["content"]["application/json"]["schema"] for status, answer in answers.items()
                           if status.startswith("2") and "application/json" in self.resolved(answer).get("content", {})]
                self.assertTrue(schemas, f"{operation.title} answers no JSON")
                for schema in schemas:
                    self.compare(model, schema, name)

    def test_every_body_has_the_fields_that_the_server_takes(self):
        made = operations_of_the_client()
        for name, model in BODIES.items():
            with self.subTest(name):
                content = self.resolved(self.described(made[name])["requestBody"])["content"]
                schema = self.resolved(next(content[kind]["schema"] for kind in content if kind.endswith("json")))
                plugins = {"forwarding", "recording"}
                self.assertEqual(typing.get_type_hints(model).keys() - plugins - schema["properties"].keys(), set())

    def compare(self, kind, schema, where):
        """Whether a value of this schema can be read as a `kind`."""
        schema = self.resolved(schema)
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if kind is typing.Any or origin is dict:
            return
        if origin in (typing.Union, UnionType):
            return self.compare(arguments[0], schema, where)
        if origin is list:
            self.assertEqual(types_of(schema), {"array"}, where)
            return self.compare(arguments[0], schema["items"], where + "[]")
        if dataclasses.is_dataclass(kind):
            properties = schema.get("properties", {})
            for name, (hint, is_required) in fields_of(kind).items():
                if name == REST:
                    continue
                self.assertTrue(name in properties, f"{where}: no answer has {name}")
                if is_required:
                    self.assertIn(name, schema.get("required", []), f"{where}: an answer may lack it")
                self.compare(hint, properties[name], f"{where}.{name}")
            return None
        allowed = {JSON_TYPES[kind]} | ({"integer"} if kind is float else set())
        self.assertLessEqual(types_of(schema), allowed, where)


def types_of(schema):
    """The JSON types of a schema, but for null."""
    given = schema.get("type", [])
    return set([given] if isinstance(given, str) else given) - {"null"}


def model_of(name):
    """The dataclass that an operation reads, by its annotation: Operation[models.Room]."""
    annotation = typing.get_type_hints(getattr(operations, name))["return"]
    [kind] = typing.get_args(annotation)
    return kind if dataclasses.is_dataclass(kind) and kind is not models.Session else None


unittest.main()
