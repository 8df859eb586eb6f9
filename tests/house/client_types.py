"""The types of the JavaScript package: made from the two documents by openapi-typescript, each with its digest.

`python -m tests.house.client_types` makes them anew, with `--check` it says whether that would change anything; both
need npm. Whether a document has changed since is seen by its digest, without.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from tests.house.source import PACKAGE, ROOT

FOLDER = ROOT / "js"
DOCUMENTS = {"product": ROOT / "openapi.yaml", "control": PACKAGE / "control/control.yaml"}


def path(name: str) -> Path:
    return FOLDER / "types" / f"{name}.d.ts"


def header(name: str) -> str:
    """What the file begins with: comments and layout of the document don't count."""
    document = DOCUMENTS[name]
    text = json.dumps(yaml.safe_load(document.read_text(encoding="utf-8")), sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"// Made from {document.relative_to(ROOT)} by `make js-types`; its content's SHA-256 is {digest}\n"


def make(name: str, target: Path) -> str:
    command = [FOLDER / "node_modules/.bin/openapi-typescript", DOCUMENTS[name], "--output", target]
    subprocess.run(command, cwd=FOLDER, check=True, capture_output=True)
    return header(name) + target.read_text(encoding="utf-8")


def main(*, check: bool) -> int:
    drifted = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in DOCUMENTS:
            made = make(name, Path(folder, "made.d.ts"))
            if check and made != path(name).read_text(encoding="utf-8"):
                print(f"{path(name).relative_to(ROOT)} is not what its document makes; run `make js-types`")
                drifted += 1
            elif not check:
                path(name).write_text(made, encoding="utf-8")
    return 1 if drifted else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
