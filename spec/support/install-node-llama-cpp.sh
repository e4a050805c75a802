#!/bin/sh
# Installs node-llama-cpp, once, for the specs and benches that run a real GGUF file: into .cache/node-llama-cpp, with
# the plain binary for this machine alone (those for graphics cards are 600 MB), and links it to where it is looked for.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder="$root/.cache/node-llama-cpp"
version=$(node -p "require('$root/package.json').peerDependencies['node-llama-cpp']")
binary="@node-llama-cpp/$(node -p 'const { platform, arch } = process; `${{ darwin: "mac", win32: "win" }[platform] ?? platform}-${arch}${platform === "darwin" && arch === "arm64" ? "-metal" : ""}`')"

if ! grep -qs "\"version\": \"$version\"" "$folder/node_modules/node-llama-cpp/package.json"; then
  mkdir -p "$folder"
  # Its install script only looks for a binary, which comes with a package here.
  echo '{ "private": true, "allowScripts": { "node-llama-cpp": false } }' > "$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error --omit=optional --ignore-scripts \
    "node-llama-cpp@$version" "$binary@$version")
fi
mkdir -p "$root/node_modules"
ln -sfn "$folder/node_modules/node-llama-cpp" "$root/node_modules/node-llama-cpp"
echo "node-llama-cpp $version: there"
