#!/bin/sh
# The package in js/, as `npm pack` makes it: its types, clients made from both documents, what docs/javascript.md and
# docs/oauth.md show, and tests of its own. Usage: companion.sh BIN
set -eu
. "$(dirname "$0")/start.sh"
root=$(cd "$here/../.." && pwd)
needs npm "the package and what it is tested with are installed by it; install Node.js 20 or newer"
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  CHROMIUM=${CHROMIUM:-$(command -v "$name" || true)}
done
if [ -z "$CHROMIUM" ]; then
  echo "$0: this machine has no browser: a client is run in one; install Chromium, or name one as CHROMIUM" >&2
  exit 2
fi
export CHROMIUM PATH="$bin:$PATH"

cd "$root"
sh "$here/companion/install.sh" "$root/js"
"$bin/python" -m tests.house.client_types --check
scratch
echo '{"private": true}' >package.json
npm pack --silent "$root/js" >packed
mkdir -p node_modules/smartcal-api
tar xzf "$(tail -1 packed)" -C node_modules/smartcal-api --strip-components 1
for module in "$root"/js/node_modules/* "$root"/js/node_modules/.bin; do
  ln -s "$module" node_modules/
done
cp -R "$here/companion" own

# passed WHAT COMMAND...: says that it has passed, or shows what it said.
passed() {
  what=$1
  shift
  if ! "$@" >said.log 2>&1; then
    cat said.log >&2
    echo "$0: $what fails" >&2
    exit 1
  fi
  echo "$what: passed"
}

node own/page.mjs "$root/docs" .
passed "its types, of ES modules and CommonJS" npx tsc --project own/tsconfig.json
passed "clients made by openapi-typescript, hey-api and orval" sh own/generators.sh "$root"
passed "the pages, with Vitest" npx vitest run --root vitest
passed "the page, and docs/control.md, with node --test" sh -c 'cd node && node --test'
passed "the page, with Jest" npx jest --rootDir jest
export SMARTCAL="$bin/smartcal" VECTORS="$root/fixtures/signature-vectors.json"
passed "tests of its own" node --test own/signatures.test.mjs own/parts.test.mjs own/ways.test.mjs own/failures.test.mjs
