"""The process that sends, by Locust: `python -m smartcal_api.load.users PLAN OUT`. Importing it patches sockets and
threads for gevent, so nothing else is to import it.

PLAN is what `scenario.plan` says. OUT gets `answers.jsonl`, the answers that are to be judged, and `figures.json`.
"""

from locust import HttpUser, task  # isort: skip  # it has to be the first: it patches what the others import

import base64
import hashlib
import json
import random
import secrets
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import gevent
from locust.env import Environment

from smartcal_api.load.budgets import Budgets

_EACH, _LATER = 50, 10
"""So many answers of each status of an operation are kept, and every so many-th after that."""
_PAGES = 3
_FAILURE = 500
_REDIRECTS = range(300, 400)


class Kept:
    """What was answered, as far as it is judged; counts of all of it."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "answers.jsonl").open("w", encoding="utf-8")
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.unanswered: Counter[str] = Counter()
        self.judged = 0

    def answer(self, operation: str, answer: Any, began: float) -> None:
        """Counts it, and keeps it where it is to be judged."""
        key = (operation, answer.status_code)
        self.statuses[key] += 1
        if self.statuses[key] > _EACH and self.statuses[key] % _LATER:
            return
        self.judged += 1
        sent = answer.request
        body = sent.body or b""
        line = {
            "method": sent.method,
            "url": sent.url,
            "sent": [list(each) for each in sent.headers.items()],
            "body": base64.b64encode(body if isinstance(body, bytes) else body.encode()).decode(),
            "status": answer.status_code,
            "headers": [list(each) for each in answer.headers.items()],
            "content": base64.b64encode(answer.content).decode(),
            "began": began,
            "seconds": answer.elapsed.total_seconds(),
        }
        self._file.write(json.dumps(line) + "\n")

    def close(self) -> None:
        self._file.close()


def users(plan: dict[str, Any], kept: Kept) -> type[HttpUser]:
    """The class of the users of a plan."""
    budgets = Budgets(plan["windows"] if plan["limits"] == "honour" else [])
    tenants, started = plan["tenants"], Counter[str]()

    class User(HttpUser):
        """Someone of one tenant, who looks around as the weights say."""

        host = tenants[0]["root"]

        def on_start(self) -> None:
            number = started["users"]
            started["users"] += 1
            self.tenant = tenants[number % len(tenants)]
            self.chance = random.Random(f"{plan['seed']}/{number}")
            self.credentials = list(self.tenant["credentials"])
            self.ids: dict[str, list[str]] = {}
            self.client.headers.update(plan["headers"])
            self.client.verify = plan["cacert"] or True
            self.client.cert = plan["client_cert"]
            if plan["oauth"] and self.tenant["clients"]:
                self._connect(self.chance.choice(self.tenant["clients"]))

        def wait_time(self) -> float:
            return self.chance.uniform(0.0, 0.1)

        @task
        def look(self) -> None:
            weights = [each["weight"] for each in plan["tasks"]]
            (chosen,) = self.chance.choices(plan["tasks"], weights)
            if chosen["lists"]:
                self._read_list(chosen["id"], chosen["path"], chosen["scopes"])
                return
            path = chosen["path"]
            if chosen["source"] is not None:
                identifier = self._an_id(chosen["source"])
                if identifier is None:
                    return
                path = path[: path.index("{")] + quote(identifier, safe="") + path[path.index("}") + 1 :]
            answer = self._ask(chosen["id"], chosen["method"], path, chosen["scopes"], chosen["body"])
            if answer is not None and answer.ok and chosen["undo"]:
                self._undo(chosen, answer)

        def _read_list(self, identifier: str, path: str, scopes: list[str]) -> None:
            """A few of its pages, one after the other."""
            ids: list[str] = []
            for page in range(1, self.chance.randint(1, _PAGES) + 1):
                query = f"?{urlencode({plan['page']: page})}" if page > 1 else ""
                answer = self._ask(identifier, "GET", path + query, scopes)
                found = members(answer, plan["items"])
                ids += [str(each["id"]) for each in found if isinstance(each, dict) and "id" in each]
                if not found:
                    break
            if ids:
                self.ids[path] = ids

        def _an_id(self, path: str) -> str | None:
            if path not in self.ids:
                listing = next((each for each in plan["tasks"] if each["path"] == path), None)
                if listing is not None:
                    self._read_list(listing["id"], path, listing["scopes"])
            return self.chance.choice(self.ids[path]) if self.ids.get(path) else None

        def _undo(self, made: dict[str, Any], answer: Any) -> None:
            identifier = members(answer, None).get("id")
            if identifier is not None:
                path = made["undo"][: made["undo"].index("{")] + quote(str(identifier), safe="")
                self._ask(f"{made['id']} undone", "DELETE", path, made["scopes"])

        def _ask(self, operation: str, method: str, target: str, scopes: list[str], body: str | None = None) -> Any:
            fitting = [each for each in self.credentials if set(scopes) <= set(each["scopes"])]
            key = self.chance.choice(fitting)["value"]
            while (delay := budgets.delay(key)) > 0:
                gevent.sleep(delay)
            headers = {"Authorization": f"Bearer {key}"}
            if body is not None:
                headers["Content-Type"] = "application/json"
            answer = self._send(operation, method, target, headers, body)
            if answer is not None and answer.status_code == 429 and plan["limits"] == "honour":
                stated = answer.headers.get(plan["retry_after"], "")
                budgets.refused(key, float(stated) if stated.isdigit() else 1.0)
            return answer

        def _send(self, operation: str, method: str, target: str, headers: dict[str, str], body: Any = None) -> Any:
            """The answer; None where none came. What the contract refuses is no failure: that is for the judge."""
            began = time.time()
            data = body.encode() if isinstance(body, str) else body
            with self.client.request(
                *(method, self.tenant["root"] + target), name=operation, headers=headers, data=data,
                allow_redirects=False, catch_response=True, timeout=30,
            ) as answer:  # fmt: skip
                if answer.status_code == 0:
                    kept.unanswered[operation] += 1
                    return None
                kept.answer(operation, answer, began)
                if answer.status_code < _FAILURE:
                    answer.success()
            return answer

        def _connect(self, client: dict[str, Any]) -> None:
            """A token of an app, by authorization code with PKCE, where nobody has to be asked."""
            verifier = secrets.token_urlsafe(48)
            digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
            own = {"client_id": client["id"], "redirect_uri": client["redirect_uri"]}
            asked = {**own, "response_type": "code", "code_challenge": digest, "code_challenge_method": "S256"}
            answer = self._send("authorize", "GET", f"{plan['oauth']['authorize']}?{urlencode(asked)}", {})
            location = answer.headers.get("Location", "") if answer is not None else ""
            code = parse_qs(urlsplit(location).query).get("code")
            if not code or answer.status_code not in _REDIRECTS:
                return  # a page: somebody has to be asked
            form = {**own, "grant_type": "authorization_code", "code": code[0], "code_verifier": verifier}
            form |= {"client_secret": client["secret"]} if client["secret"] else {}
            typed = {"Content-Type": "application/x-www-form-urlencoded"}
            told = self._send("issueToken", "POST", plan["oauth"]["token"], typed, urlencode(form))
            tokens = members(told, None)
            if "access_token" in tokens:
                scopes = str(tokens.get("scope", "")).split()
                self.credentials.append({"value": tokens["access_token"], "scopes": scopes})

    return User


def members(answer: Any, items: str | None) -> Any:
    """The items of a list, or the object of an answer; empty where there is none."""
    try:
        found = answer.json() if answer is not None and answer.ok else {}
    except ValueError:
        return {}
    if items is not None and isinstance(found, dict):
        found = found.get(items, [])
    return found if isinstance(found, list if items is not None else dict) else {}


def main(plan_file: str, out: str) -> None:
    """Sends for as long as the plan says, or until it is interrupted."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    folder = Path(out)
    kept = Kept(folder)
    environment = Environment(user_classes=[users(plan, kept)])
    runner = environment.create_local_runner()
    for each in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(each, runner.quit)
    began = time.monotonic()
    runner.start(plan["users"], spawn_rate=max(1, plan["users"]))
    gevent.get_hub().loop.update_now()  # what the imports took is no part of it
    gevent.spawn_later(plan["seconds"], runner.quit)
    runner.greenlet.join()
    seconds = time.monotonic() - began
    kept.close()
    figures = [
        {
            "operation": each.name,
            "requests": each.num_requests,
            "failures": each.num_failures,
            "median_ms": each.median_response_time,
            "p95_ms": each.get_response_time_percentile(0.95),
            "p99_ms": each.get_response_time_percentile(0.99),
            "max_ms": each.max_response_time,
            "statuses": {str(status): n for (name, status), n in sorted(kept.statuses.items()) if name == each.name},
            "unanswered": kept.unanswered[each.name],
        }
        for each in environment.stats.entries.values()
    ]
    told = {"seconds": seconds, "judged": kept.judged, "operations": figures}
    (folder / "figures.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
