#!/bin/sh
# Installs the LiteLLM proxy, once, for spec/interop/litellm.spec.ts: .cache/python-litellm-1.108.7.
set -eu

version=1.108.7
folder="$(cd "$(dirname "$0")/../.." && pwd)/.cache/python-litellm-$version"
if [ -e "$folder/installed" ]; then
  echo "python litellm $version: there already"
  exit
fi
python3 -m venv --clear "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check "litellm[proxy]==$version"
touch "$folder/installed"
echo "python litellm $version: installed"
