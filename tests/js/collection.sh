#!/bin/sh
# Sends what Postman makes of the contract, with the contract's own examples, to a fresh server. Usage: collection.sh BIN
set -eu
. "$(dirname "$0")/start.sh"
needs npm "openapi-to-postmanv2 and newman come from there; install Node.js 20 or newer"
scratch
install openapi-to-postmanv2@6.3.3 newman@6.2.2
cp "$here/collection.mjs" .
serve
"$bin/smartcal" contract >contract.yaml
npx openapi2postmanv2 -s contract.yaml -o collection.json -O parametersResolution=Example >made.log 2>&1 || { cat made.log >&2; exit 1; }
node collection.mjs collection.json ready.json
