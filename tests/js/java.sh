#!/bin/sh
# Runs what docs/recipes.md shows for JUnit, by `smartcal exec`. Usage: java.sh BIN
set -eu
. "$(dirname "$0")/start.sh"
needs mvn "JUnit comes by it; install Maven, and Java 17 or newer"
page=$here/../../docs/recipes.md
scratch
mkdir -p src/test/java
cp "$here/pom.xml" .
awk '$0 == "```java" { inside = 1; next } /^```/ { if (inside) exit } inside' "$page" >src/test/java/CalendarTest.java
if ! "$bin/smartcal" exec -- mvn --batch-mode --quiet test >said.log 2>&1; then
  cat said.log >&2
  echo "$0: the recipe for JUnit fails" >&2
  exit 1
fi
echo "JUnit: passed"
