#!/bin/sh
# Starts a server and lets @octokit/webhooks-methods, from npm, verify the signature vectors and what is delivered.
# Nothing is installed into the project. Usage: webhooks.sh BIN, where BIN is the folder of an environment with smartcal.
set -eu
if [ "$#" -ne 1 ]; then
  echo "usage: $0 BIN   (the bin folder of the environment, such as .venv/bin)" >&2
  exit 2
fi
bin=$(cd "$1" && pwd)
if ! command -v npm >/dev/null 2>&1; then
  echo "$0: @octokit/webhooks-methods comes from npm, and this machine has none; install Node.js 20 or newer" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
vectors=$here/../../fixtures/signature-vectors.json
scratch=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT
cd "$scratch"
npm install --silent --no-audit --no-fund --no-save @octokit/webhooks-methods@6.0.0
cp "$here/webhooks.mjs" .

"$bin/smartcal" serve --port 0 --rate-limits off --ready-file ready.json >serve.log 2>&1 &
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
node webhooks.mjs ready.json "$vectors"
