#!/bin/sh
# What js/package-lock.json has, installed into js/, unless it is there. Usage: install.sh FOLDER
set -eu
cd "$1"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --loglevel=error --no-audit --no-fund
