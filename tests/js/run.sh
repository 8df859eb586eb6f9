#!/bin/sh
# Starts a server and lets oauth4webapi and openid-client, from npm, finish the OAuth flow with it. Usage: run.sh BIN
set -eu
. "$(dirname "$0")/start.sh"
needs npm "oauth4webapi and openid-client come from there; install Node.js 20 or newer"
scratch
install oauth4webapi@3.8.8 openid-client@6.9.0
cp "$here/oauth_flow.mjs" .
serve --oauth-consent auto
node oauth_flow.mjs ready.json
