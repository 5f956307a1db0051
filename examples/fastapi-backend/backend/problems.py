# SPDX-License-Identifier: Apache-2.0
"""Refusals in the form of RFC 9457, as Veche's own: the voice page shows their title and detail."""
from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import JSONResponse

from veche_client import ApiError, Unreachable, VecheError

log = logging.getLogger("backend")
#: Refusals of Veche that concern the caller of this backend. Any other is this backend's own failure.
PASSED_ON = frozenset({400, 404, 409, 413, 416, 429, 503, 507})


class Refused(HTTPException):
    """`type` tells programs why, where the status does not."""

    def __init__(self, status: int, title: str, *, type: str = "about:blank", headers: dict[str, str] | None = None) -> None:
        super().__init__(status, title, headers)
        self.type = type


def problem(status: int, title: str, detail: str = "", type: str = "about:blank", headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"type": type, "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def problem_of(error: VecheError) -> JSONResponse:
    """What a caller of this backend gets when Veche refused or did not answer."""
    if isinstance(error, ApiError) and error.status in PASSED_ON:
        headers = {} if error.retry_after_s is None else {"Retry-After": str(round(error.retry_after_s))}
        return problem(error.status, error.title, error.detail, error.type, headers)
    log.error("%s", error)
    if isinstance(error, Unreachable):
        return problem(503, "The voice server does not answer", headers={"Retry-After": "2"})
    return problem(502, "The voice server refuses this backend")


def add_problems(app: FastAPI) -> None:
    async def refuse(request: Request, error: Refused) -> JSONResponse:
        return problem(error.status_code, error.detail, type=error.type, headers=error.headers)

    async def explain(request: Request, error: VecheError) -> JSONResponse:
        return problem_of(error)

    app.add_exception_handler(Refused, refuse)
    app.add_exception_handler(VecheError, explain)
