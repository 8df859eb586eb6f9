#!/bin/sh
# Runs what docs/recipes.md shows for Vitest, for Node and for Go, each by `smartcal exec`. Usage: recipes.sh BIN
set -eu
. "$(dirname "$0")/start.sh"
needs npm "Vitest comes from there; install Node.js 20 or newer"
needs go "the recipe for Go runs with it; install Go 1.19 or newer"
page=$here/../../docs/recipes.md
scratch

# block LANGUAGE: what stands in the page's first block of it.
block() {
  awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ { if (inside) exit } inside' "$page"
}

# passed WHAT COMMAND...: runs it with a server, and says that it has passed or shows what it said.
passed() {
  what=$1
  shift
  if ! "$bin/smartcal" exec -- "$@" >said.log 2>&1; then
    cat said.log >&2
    echo "$0: the recipe for $what fails" >&2
    exit 1
  fi
  echo "$what: passed"
}

block js >calendar.test.mjs
passed Node node --test calendar.test.mjs
install vitest@4.1.12
sed 's|^import test from "node:test";$|import { test } from "vitest";|' calendar.test.mjs >calendar.test.mjs.new
mv calendar.test.mjs.new calendar.test.mjs
passed Vitest npx vitest run
mkdir go-module
cd go-module
block go >calendar_test.go
go mod init calendar >/dev/null 2>&1
passed Go go test -count=1 ./...
