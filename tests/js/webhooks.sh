#!/bin/sh
# Starts a server and lets @octokit/webhooks-methods, from npm, verify the signature vectors and what is delivered.
# Usage: webhooks.sh BIN
set -eu
. "$(dirname "$0")/start.sh"
needs npm "@octokit/webhooks-methods comes from there; install Node.js 20 or newer"
scratch
install @octokit/webhooks-methods@6.0.0
cp "$here/webhooks.mjs" .
serve
node webhooks.mjs ready.json "$here/../../fixtures/signature-vectors.json"
