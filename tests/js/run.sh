#!/bin/sh
# Starts a server and lets oauth4webapi, from npm, finish the OAuth flow with it. Nothing is installed into the project.
# Usage: run.sh BIN, where BIN is the folder of a Python environment that has smartcal.
set -eu
if [ "$#" -ne 1 ]; then
  echo "usage: $0 BIN   (the bin folder of the environment, such as .venv/bin)" >&2
  exit 2
fi
bin=$(cd "$1" && pwd)
if ! command -v npm >/dev/null 2>&1; then
  echo "$0: oauth4webapi comes from npm, and this machine has none; install Node.js 20 or newer" >&2
  exit 2
fi
script=$(cd "$(dirname "$0")" && pwd)/oauth_flow.mjs
scratch=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT
cd "$scratch"
npm install --silent --no-audit --no-fund --no-save oauth4webapi@3.8.8
cp "$script" .

"$bin/smartcal" serve --port 0 --oauth-consent auto --rate-limits off --ready-file ready.json >serve.log 2>&1 &
server=$!
waited=0
until [ -e ready.json ]; do
  waited=$((waited + 1))
  if [ "$waited" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
    cat serve.log >&2
    exit 1
  fi
  sleep 0.1
done
node oauth_flow.mjs ready.json
