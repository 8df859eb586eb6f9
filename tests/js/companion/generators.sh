#!/bin/sh
# Clients as openapi-typescript, hey-api and orval make them of both documents, by their defaults: they compile, and mean what
# the documents say. Usage: generators.sh ROOT, in a folder where all three are installed.
set -eu
for name in product control; do
  document=$1/openapi.yaml
  [ "$name" = product ] || document=$1/src/smartcal_api/control/control.yaml
  npx openapi-typescript "$document" --output "made/openapi-typescript/$name.ts"
  npx openapi-ts --input "$document" --output "made/hey-api/$name" --silent
  npx orval --input "$document" --output "made/orval/$name.ts" --client fetch
done
cp own/generated.ts made/
npx tsc --project own/generated.json
