"""`make bench`: see `bench.command` for what it measures and `--help` for how to ask for less."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # `bench` is the package around this script
    from bench.command import main

    sys.exit(main())
