#!/bin/sh
# Installs Node 24, once, into .cache/node24, to run the store's contract on node:sqlite, which Node 20 lacks.
# Not a devDependency: a `node` in node_modules/.bin would be the one that npm scripts run.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder="$root/.cache/node24"

if [ ! -x "$folder/node_modules/.bin/node" ]; then
  mkdir -p "$folder"
  # npm runs no install script unless it is named here, and this package is nothing without its own.
  echo '{ "private": true, "allowScripts": { "node": true } }' > "$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error node@24)
fi
"$folder/node_modules/.bin/node" --version
