# SPDX-License-Identifier: Apache-2.0
"""Login: a password gives a session token, which comes back as a cookie or as a bearer. And the dependencies that ask for one."""
from __future__ import annotations

import hmac
import time

import jwt
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from .context import Context, context_of
from .problems import Refused
from .users import User

COOKIE = "session"
SESSION_S = 12 * 3600
ALGORITHM = "HS256"


class Credentials(BaseModel):
    user: str = Field(max_length=64)
    password: str = Field(max_length=256)


def session_token(user: User, secret: str, now_s: float) -> str:
    # In whole seconds: PyJWT's clock has no others, and refuses what was issued later.
    return jwt.encode({"sub": user.id, "iat": int(now_s), "exp": int(now_s) + SESSION_S}, secret, algorithm=ALGORITHM)


def bearer_of(connection: HTTPConnection) -> str | None:
    scheme, _, bearer = connection.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else None


def session_of(connection: HTTPConnection, context: Context) -> tuple[User, float]:
    """The caller of a request or a WebSocket, and when the session ends, in seconds since 1970. 401 without a session."""
    bearer = bearer_of(connection)
    token = connection.cookies.get(COOKIE, "") if bearer is None else bearer
    try:
        claims = jwt.decode(token, context.settings.session_secret, algorithms=[ALGORITHM], options={"require": ["sub", "exp"]})
    except jwt.InvalidTokenError:
        raise Refused(401, "Log in first", headers={"WWW-Authenticate": "Bearer"}) from None
    user = context.users.get(claims["sub"])
    if user is None:
        raise Refused(401, "This user is gone", headers={"WWW-Authenticate": "Bearer"})
    return user, float(claims["exp"])


async def signed_in(request: Request, context: Context = Depends(context_of)) -> User:
    """The caller. 401 without a session."""
    return session_of(request, context)[0]


async def host(user: User = Depends(signed_in)) -> User:
    """The caller, who is a host. 403 for anybody else."""
    if not user.is_host:
        raise Refused(403, "Only a host may do this")
    return user


async def operator(request: Request, context: Context = Depends(context_of)) -> None:
    """The caller is a host, or a program that has the operator's token."""
    known = context.settings.operator_token
    if not (known and hmac.compare_digest((bearer_of(request) or "").encode(), known.encode())):
        await host(await signed_in(request, context))


router = APIRouter(prefix="/api")


@router.post("/login")
async def log_in(credentials: Credentials, response: Response, context: Context = Depends(context_of)) -> dict[str, str]:
    if not context.attempts.take(credentials.user, time.monotonic()):
        raise Refused(429, "Too many attempts. Wait a minute", headers={"Retry-After": "60"})
    user = await run_in_threadpool(context.users.log_in, credentials.user, credentials.password)
    if user is None:
        raise Refused(401, "The name or the password is wrong")
    token = session_token(user, context.settings.session_secret, time.time())
    # Strict: a page of another site cannot make the browser send it, so no request needs a token against forgery.
    response.set_cookie(COOKIE, token, max_age=SESSION_S, httponly=True, samesite="strict", secure=context.settings.has_https)
    return {"token": token, "user": user.id, "name": user.name, "role": user.role}


@router.post("/logout", status_code=204)
async def log_out() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    return response


@router.get("/me")
async def me(user: User = Depends(signed_in)) -> dict[str, str]:
    return {"user": user.id, "name": user.name, "role": user.role}
