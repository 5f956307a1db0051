# SPDX-License-Identifier: Apache-2.0
"""Takes the webhooks of Veche."""
from __future__ import annotations

import logging
import time

from fastapi import APIRouter, Depends, Request, Response

from veche_client import WebhookRejected, verify

from .context import Context, context_of
from .problems import Refused
from .relay import body_of

log = logging.getLogger("backend")
#: An event's data has at most 256 KiB, and JSON may escape it.
LARGEST_EVENT_BYTES = 1024 * 1024

router = APIRouter()


@router.post("/hooks/veche", status_code=204)
async def take(request: Request, context: Context = Depends(context_of)) -> Response:
    """204 when the event is on the disk, also where it was there before; Veche repeats everything else."""
    body = await body_of(request, LARGEST_EVENT_BYTES)
    try:
        delivery = verify(context.settings.webhook_secrets, request.headers, body)
    except WebhookRejected as error:
        log.warning("a webhook is refused: %s", error)
        raise Refused(400, str(error)) from None
    if context.store.take_delivery(delivery, time.time()):
        event = delivery.event
        log.info("%s room=%s participant=%s id=%d", event.type, event.room, event.participant, event.id)
    return Response(status_code=204)
