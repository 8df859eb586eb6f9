# Sourced by the scripts beside it, with `bin` as the folder of a Python environment that has smartcal. What is made is
# made in a folder of its own, which is gone at the end, and nothing is installed into the project.

# needs COMMAND WHAT: ends with 2 where this machine hasn't got the command.
needs() {
  command -v "$1" >/dev/null 2>&1 && return
  echo "$0: this machine has no $1: $2" >&2
  exit 2
}

# scratch: goes to a new folder, and ends what was started when the script ends.
scratch() {
  folder=$(mktemp -d)
  server=""
  trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
  cd "$folder"
}

# install PACKAGE...: from npm, into this folder.
install() {
  npm install --silent --no-audit --no-fund --no-save "$@"
}

# serve FLAG...: a server without rate limits; returns once it has written ready.json.
serve() {
  "$bin/smartcal" serve --port 0 --rate-limits off --ready-file ready.json "$@" >serve.log 2>&1 &
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
}

if [ "$#" -ne 1 ]; then
  echo "usage: $0 BIN   (the bin folder of the environment, such as .venv/bin)" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1" && pwd)
