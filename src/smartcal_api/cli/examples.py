"""An example of each command, which its help ends with."""

from collections.abc import Mapping

import click

EXAMPLES: Mapping[str, str] = {
    "serve": "smartcal serve --seed 7 --events 5000 --freeze",
    "exec": "smartcal exec --freeze -- npm test",
    "open": "smartcal open .smartcal/test_checkout.bundle",
    "logs": "smartcal logs --status 4xx --follow",
    "listen": "smartcal listen --forward-to http://127.0.0.1:3000/hook --print-secret",
    "deliveries": "smartcal deliveries --state failed",
    "deliveries list": "smartcal deliveries list --event-type booking.cancelled",
    "deliveries redeliver": 'smartcal deliveries redeliver "$(smartcal deliveries --json | jq -r .data[0].id)"',
    "deliveries misbehave": "smartcal deliveries misbehave late --by 10m",
    "check-receiver": "smartcal check-receiver http://127.0.0.1:3000/hook --secret known_to_my_app",
    "trigger": "smartcal trigger booking.created invitee.name=Ann start_time=now+1d",
    "clock": "smartcal clock advance 2d",
    "clock show": "smartcal clock show --sandbox checkout",
    "clock advance": "smartcal clock advance 36h",
    "clock set": "smartcal clock set 2027-01-01T00:00:00Z",
    "clock freeze": "smartcal clock freeze",
    "clock resume": "smartcal clock resume",
    "fault": "smartcal fault add status status=503 operations=listEvents next=2",
    "fault add": "smartcal fault add latency seconds=0.1 up_to_seconds=3 probability=0.2",
    "fault list": "smartcal fault list --json",
    "fault clear": "smartcal fault clear fault-1",
    "snapshot": "smartcal snapshot save before",
    "snapshot save": "smartcal snapshot save before",
    "snapshot list": "smartcal snapshot list",
    "snapshot restore": "smartcal snapshot restore before",
    "snapshot diff": "smartcal snapshot diff before after",
    "snapshot delete": "smartcal snapshot delete before",
    "reset": "smartcal reset --sandbox checkout",
    "sandbox": "smartcal sandbox create name=checkout",
    "sandbox create": "smartcal sandbox create name=checkout now=2026-03-04T12:00:00Z frozen=true events=50",
    "sandbox list": "smartcal sandbox list",
    "sandbox delete": "smartcal sandbox delete checkout",
    "key": "smartcal key create --scopes read,write",
    "key create": "smartcal key create --scopes read --expires-at now+1h",
    "key list": "smartcal key list",
    "key revoke": "smartcal key revoke 3f2a9c01",
    "verify": "smartcal verify --url https://staging.example.com --key read=@read.key --report-dir verdict",
    "verdict": "smartcal verdict show verdict/verdict.json",
    "verdict show": "smartcal verdict show verdict/verdict.json --format markdown",
    "verdict compare": "smartcal verdict compare last/verdict.json verdict/verdict.json",
    "verdict merge": "smartcal verdict merge part-1.json part-2.json --format junit",
    "verdict trend": "smartcal verdict trend verdicts --last 20",
    "verdict gate": "smartcal verdict gate verdict.json diff.json --policy release.toml",
    "proxy": "smartcal proxy --upstream https://staging.example.com --port 0 -- npm test",
    "load-test": "smartcal load-test --users 50 --for 1m",
    "prove": "smartcal prove --defect PAGE --quick",
    "init": "smartcal init openapi.yaml",
    "lint": "smartcal lint openapi.yaml --max-warnings 0",
    "diff": "smartcal diff git:main openapi.yaml --format markdown",
    "impact": "smartcal impact access.log --spec openapi.yaml",
    "accept": 'smartcal accept 3f2a9c01 --reason "nobody sends it" --owner ann --expires 2027-01-31',
    "contract": "smartcal contract --format json",
    "routes": "smartcal routes --spec openapi.yaml",
    "laws": 'smartcal laws "PAGE 1"',
    "store": "smartcal store seed calendar.db --events 5000",
    "store seed": "smartcal store seed calendar.db --events 5000",
    "store keys": "smartcal store keys add calendar.db --scopes read,write",
    "store keys list": "smartcal store keys list calendar.db",
    "store keys add": "smartcal store keys add calendar.db --scopes read,write --label CI",
    "store keys revoke": "smartcal store keys revoke calendar.db 3f2a9c01",
    "store clients": "smartcal store clients list calendar.db",
    "store clients list": "smartcal store clients list calendar.db",
    "store clients add": "smartcal store clients add calendar.db my_app --redirect-uri http://127.0.0.1/callback",
    "completion": 'eval "$(smartcal completion bash)"',
    "version": "smartcal version",
}
"""By the words of the command, in the order of the map."""


def with_examples(command: click.Command, words: str) -> click.Command:
    """The command, and those below it, with their examples at the end of their help."""
    if words in EXAMPLES:
        command.epilog = f"\b\nFor example:\n  {EXAMPLES[words]}"
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        with_examples(below, f"{words} {name}")
    return command
