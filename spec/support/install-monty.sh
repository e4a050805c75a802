#!/bin/sh
# Installs @pydantic/monty, once, for the specs that run Python: into .cache/monty, and links it to where it is looked
# for. It is no development dependency, because a registry may lack its packages for other platforms, which a lock file
# must name.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder="$root/.cache/monty"
version=$(node -p "require('$root/package.json').peerDependencies['@pydantic/monty']")

if ! grep -qs "\"version\": \"$version\"" "$folder/node_modules/@pydantic/monty/package.json"; then
  mkdir -p "$folder"
  echo '{ "private": true }' > "$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error --ignore-scripts "@pydantic/monty@$version")
fi
mkdir -p "$root/node_modules/@pydantic"
ln -sfn "$folder/node_modules/@pydantic/monty" "$root/node_modules/@pydantic/monty"
echo "@pydantic/monty $version: there"
