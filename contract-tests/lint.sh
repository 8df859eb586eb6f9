#!/bin/sh
# Judges both documents, the product's and the control plane's, from outside: openapi-spec-validator, Redocly and
# Spectral. None may find an error or a warning.
# Usage: lint.sh BIN, where BIN is the folder of a Python environment that has openapi-spec-validator.
set -u
cd "$(dirname "$0")/.." || exit 2

if [ "$#" -ne 1 ]; then
  echo "usage: $0 BIN   (the bin folder of the environment, such as .venv/bin)" >&2
  exit 2
fi
bin=$1
if [ ! -x "$bin/openapi-spec-validator" ]; then
  echo "$0: $bin has no openapi-spec-validator; \`make contract-lint\` installs it first" >&2
  exit 2
fi
if ! command -v npx >/dev/null 2>&1; then
  echo "$0: Redocly and Spectral come from npm, and this machine has no npx; install Node.js 20 or newer" >&2
  exit 2
fi

failed=""
judge() {
  name=$1
  shift
  echo "== $name"
  "$@" || failed="$failed $name"
}

for document in openapi.yaml src/smartcal_api/control/control.yaml; do
  judge "openapi-spec-validator:$document" "$bin/openapi-spec-validator" "$document"
  # A warning of Redocly doesn't make it fail; recommended-strict has errors in their place.
  judge "redocly:$document" env REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
    npx --yes @redocly/cli@2.77.0 lint --extends recommended-strict "$document"
  judge "spectral:$document" \
    npx --yes @stoplight/spectral-cli@6.16.3 lint -F hint --ruleset .spectral.yaml "$document"
done

if [ -n "$failed" ]; then
  echo "faults were found by:$failed" >&2
  exit 1
fi
echo "both documents are fine by all three"
