"""Makes the README's picture of a terminal from what the commands really print: `make picture`."""

import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.e2e.server import environment, serving
from tests.house.source import ROOT
from tests.house.test_readme import ADDRESS

PICTURE = ROOT / "docs" / "terminal.svg"
WIDTH, MOST = 96, 7
NOW = "2026-03-04T12:00:00Z"
SHOWN = [
    f'curl -s -H "X-API-Key: scp_demo_read" "http://{ADDRESS}/api/v1/me"',
    'smartcal trigger booking.created invitee.name="Ann Example" start_time=now+1d',
    f'curl -s -H "X-API-Key: scp_demo_read" "http://{ADDRESS}/api/v1/bookings?upcoming=yes"',
    "smartcal logs -n 1",
    "smartcal verify --profile quick --only PAGE",
]
"""What is typed. Of a longer output the first lines are shown."""

# rich's own names fonts at another host; a README's picture may fetch nothing.
SVG = """<svg class="terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>SmartCal Pro in a terminal</title>
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace; line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
</defs>
<rect fill="#0d1117" width="100%" height="100%" rx="8"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture() -> str:
    """The SVG. The server stands still at an instant, so that it is the same picture every time."""
    console = Console(record=True, width=WIDTH, file=StringIO(), color_system="truecolor", force_terminal=True)
    with tempfile.TemporaryDirectory() as name, serving(Path(name), "--now", NOW, "--freeze") as server:
        address = f"127.0.0.1:{server.port}"
        for command in SHOWN:
            output = _output(command.replace(ADDRESS, address), Path(name)).replace(address, ADDRESS)
            console.print(Text(f"$ {command}", style="bold #58a6ff"))
            lines = output.splitlines()
            for line in lines[:MOST]:
                console.print(Text(line, style="#c9d1d9"), no_wrap=True, overflow="ellipsis")
            if len(lines) > MOST:
                console.print(Text(f"… {len(lines) - MOST} lines more", style="#8b949e"))
            console.print()
    svg = console.export_svg(code_format=SVG, unique_id="t")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def _output(command: str, folder: Path) -> str:
    paths = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment(PATH=paths, SMARTCAL_TARGET=str(folder / "ready.json")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.stdout.write(f"wrote {PICTURE.relative_to(ROOT)}\n")
