# SPDX-License-Identifier: Apache-2.0
"""What the server's OpenAPI document says about an exchange: whether it may answer so, and with which body. described_api.mjs does the same in node."""
import re

import jsonschema

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
WITHOUT_BODY = {101, 204, 304}
#: What is not below these is a file or nothing.
OF_THE_API = re.compile(r"/(v1|whip|whep)(/|$)")

_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("date-time")
def _is_date_time(value):
    return not isinstance(value, str) or DATE_TIME.fullmatch(value) is not None


class DescribedApi:
    """A document, and what it allows."""

    def __init__(self, document):
        self.document = document
        self.resolver = jsonschema.RefResolver.from_schema(document)
        by_precision = sorted(document["paths"], key=lambda path: (path.count("{"), -path.count("/")))
        self.paths = [(re.compile(re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(path))), path) for path in by_precision]

    def complaint(self, method, target, status, kind, answer, body=None):
        """What the document does not allow about an exchange, as a sentence; None if it allows all of it.

        `kind` is the answer's Content-Type, `answer` its body, parsed if it is JSON; `body` is the request's, parsed, if it was JSON.
        """
        path = target.partition("?")[0]
        found = next((known for expression, known in self.paths if expression.fullmatch(path)), None)
        operation = self.document["paths"].get(found, {}).get("get" if method == "HEAD" else method.lower())
        what = f"{method} {target}: {status}"
        if operation is None:
            is_foreign = method == "OPTIONS" or status in (404, 405) or not OF_THE_API.match(path)
            return None if is_foreign else f"{what} of an operation that is not documented"
        responses = operation["responses"]
        named = responses.get(str(status), responses.get("default"))
        if named is None:
            return f"{what} is not documented"
        if status < 400 and body is not None:
            content = operation.get("requestBody", {}).get("content", {})
            invalid = self._invalid(content.get("application/json", {}), body)
            if invalid:
                return f"{what}: the server took a body that does not fit: {invalid}"
        if str(status) not in responses:
            return None  # A plugin's route says nothing of its answers.
        return self._complaint_of_content(what, self._resolved(named).get("content"), method == "HEAD" or status in WITHOUT_BODY, kind, answer)

    def _complaint_of_content(self, what, content, is_without_body, kind, answer):
        if is_without_body or not content:
            return f"{what} has a body, which is not documented" if answer else None
        described = next((content[known] for known in content if fits(kind, known)), None)
        if described is None:
            return f"{what} has the content type {kind!r}, documented: {', '.join(content)}"
        invalid = kind.endswith("json") and self._invalid(described, answer)
        return f"{what}: {invalid} in {str(answer)[:2000]}" if invalid else None

    def _resolved(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def _invalid(self, media_type, value):
        """What is wrong with the value by the schema; None if all is well, or there is none."""
        if "schema" not in media_type:
            return None
        validator = jsonschema.Draft202012Validator(media_type["schema"], resolver=self.resolver, format_checker=_formats)
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        return f"{error.json_path}: {error.message}" if error else None


def fits(kind, known):
    """Whether a content type is one of a range: "application/json" of "*/*"."""
    major, _, minor = known.partition("/")
    return known in (kind, "*/*") or (minor == "*" and kind.startswith(major + "/"))
