"""A connection: request after request, and what lies between a client and a server on real networks."""

import asyncio
import gzip
import random
import traceback
from dataclasses import dataclass
from uuid import uuid4

from .api import Api
from .limits import Limiter
from .message import Answer, Refusal, Request, answer_json, read_request, rendered
from .oauth import OAuth

_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Noise:
    latency: float
    gateway: float
    coding: str
    rng: random.Random


@dataclass
class Server:
    api: Api
    oauth: OAuth
    limiter: Limiter
    noise: Noise

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                try:
                    request = await read_request(reader, writer)
                except Refusal as refusal:
                    _, headers = self.limiter.take(None, "GET")
                    writer.write(rendered(problem(refusal, headers), head_only=False, keeps=False))
                    break
                if request is None:
                    break
                answer = await self.answer(request)
                writer.write(rendered(answer, head_only=request.method == "HEAD", keeps=request.keeps))
                await writer.drain()
                if not request.keeps:
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, request: Request) -> Answer:
        if self.noise.latency:
            await asyncio.sleep(self.noise.rng.random() * self.noise.latency)
        lost = self.noise.rng.random() < self.noise.gateway
        if lost and self.noise.rng.random() < 0.7:
            return self.bad_gateway  # it never got through
        answer = self.judged(request)
        if lost:
            return self.bad_gateway  # it did, and its answer was lost
        asked = "gzip" in (request.header("accept-encoding") or "")
        if answer.body and (self.noise.coding == "always" or (self.noise.coding == "asked" and asked)):
            answer.body = gzip.compress(answer.body)
            answer.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return answer

    @property
    def bad_gateway(self) -> Answer:
        return Answer(502, _GATEWAY, {"Content-Type": "text/html", "Server": "edge"})

    def judged(self, request: Request) -> Answer:
        ours = request.path.startswith("/oauth/")
        caller = None if ours else self.api.caller(request)
        admitted, headers = self.limiter.take(caller.value if caller else None, request.method)
        try:
            if not admitted:
                status = 503 if "over-the-limit-is-503" in self.limiter.bugs else 429
                raise Refusal(status, "That were too many requests.")
            answer = self.oauth.answer(request) if ours else self.api.answer(request, caller)
        except Refusal as refusal:
            answer = problem(refusal, {})
        except Exception:
            traceback.print_exc()
            answer = problem(Refusal(500, "Something went wrong."), {})
        if answer.status == 404 and "limit-header-missing-on-404" in self.limiter.bugs:
            headers.pop("X-RateLimit-Limit")
        answer.headers |= headers
        return answer


def problem(refusal: Refusal, headers: dict[str, str]) -> Answer:
    """RFC 7807, with an id of the trace that is another one each time."""
    body = {"type": "about:blank", "title": refusal.detail, "status": refusal.status, "trace_id": uuid4().hex}
    return answer_json(refusal.status, body, refusal.headers | headers, "application/problem+json")
