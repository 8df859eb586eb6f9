"""Documents that others publish, by the npm packages that have them; fetched by name and version, and never kept."""

import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Package(NamedTuple):
    """`documents` are patterns of the files within it."""

    name: str
    version: str
    documents: tuple[str, ...]


PACKAGES = (
    Package("@readme/oas-examples", "8.2.2", ("package/3.1/yaml/*.yaml",)),  # train-travel and a petstore among them
    Package("@scalar/galaxy", "0.2.20", ("package/dist/3.1.yaml",)),
)
OLDER = (Package("@readme/oas-examples", "8.2.2", ("package/3.0/yaml/*.yaml",)),)
LARGE = (Package("@octokit/openapi-webhooks", "12.1.0", ("package/generated/api.github.com.json",)),)


def fetch(packages: tuple[Package, ...], folder: Path) -> Iterator[tuple[str, Path]]:
    """A name and the file of each document, after `npm pack` has put the packages into a folder."""
    for package in packages:
        inside = folder / package.name.strip("@").replace("/", "-")
        if not inside.exists():
            packed = subprocess.run(
                ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            )
            with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
                archive.extractall(inside, filter="data")
        for pattern in package.documents:
            for path in sorted(inside.glob(pattern)):
                yield f"{package.name} {path.relative_to(inside / 'package')}", path
