#!/bin/sh
# Installs a major version of Node, once, into .cache/node-MAJOR, and prints the path of its program.
# Not a devDependency: a `node` in node_modules/.bin would be the one that npm scripts run.
#
#   sh spec/support/install-node.sh 24
set -eu

major=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
folder="$root/.cache/node-$major"

if [ ! -x "$folder/node_modules/.bin/node" ]; then
  mkdir -p "$folder"
  # npm runs no install script unless it is named here, and this package is nothing without its own.
  echo '{ "private": true, "allowScripts": { "node": true } }' > "$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error "node@$major" >&2)
fi
echo "$folder/node_modules/.bin/node"
