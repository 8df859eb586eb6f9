"""HOOK 3: who can't subscribe, and to what."""

from smartcal_api.conformance.app import of
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.subscriber import CANCELLED, CREATE, LIST, Subscriber


@law(
    "HOOK 3",
    "A URL that nothing may be delivered to is refused, and so is one subscription too many; neither is kept.",
    over=of(CREATE),
    needs=(Capability.WRITES,),
    requests=52,
    worth=26,
)
def what_is_refused_is_not_kept(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    listing = probe.contract.operations[LIST]
    refusal, conflict = "/components/responses/InvalidWebhookUrl", "/components/responses/WebhookConflict"
    wrong = ("http://hooks.example.com/x", "https://user:word@hooks.example.com/", "https://hooks.example.com/#part")
    before, taken = len(probe.read(listing, {})), 0
    for number, url in enumerate(wrong):
        answer = probe.create(probe.operation, body=subscriber.body(url, [CANCELLED]))
        if url.startswith("http:"):
            insecure = f"{answer} to {url}; notifications are HTTPS."
            by = f"/webhooks/{CANCELLED}/post"
            probe.expect(not answer.ok, insecure, by=by, at=answer, kind="http")
        refused = answer.status == 422 and answer.code == "invalid_webhook_url"
        said = f"{answer.coded} to {url}; that is a 422 invalid_webhook_url."
        probe.expect(refused, said, by=refusal, at=answer, kind="url", parameter=str(number))
        taken += answer.ok
    kept = len(probe.read(listing, {})) - before - taken
    probe.expect(kept <= 0, "what was refused is in the list.", by=SAFETY, kind="kept")
    if not probe.full:
        return
    most = probe.contract.policy.resource_limits["webhooks"]
    body = subscriber.body("https://hooks.example.com/smartcal", [CANCELLED])
    for number in range(before + taken, most):
        answer = probe.create(probe.operation, body=body)
        if answer.status == 409 and len(probe.read(listing, {})) >= most:
            break  # somebody else has subscribed meanwhile
        said = f"{answer}; the account has {number} of {most}."
        if not probe.expect(answer.ok, said, by="/x-resource-limits", at=answer, kind="room"):
            return
    answer = probe.create(probe.operation, body=body)
    full = answer.status == 409 and answer.code == "webhook_limit_reached"
    said = f"{answer.coded}; the account has {most} subscriptions."
    probe.expect(full, said, by=conflict, at=answer, kind="limit")


LAWS: tuple[Law, ...] = (what_is_refused_is_not_kept,)
