#!/bin/sh
# Installs the real Python llm, once, for the interop specs: .cache/python-llm-0.36 and .cache/python-llm-0.31.1.
# 0.31.1 asks for any openai from 2 on, but cannot start with openai 3.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)

install() {
  version=$1
  shift
  folder="$root/.cache/python-llm-$version"
  if [ -x "$folder/bin/llm" ] && "$folder/bin/llm" --version | grep -q " $version\$"; then
    echo "python llm $version: there already"
    return
  fi
  python3 -m venv --clear "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "llm==$version" "$@"
  echo "python llm $version: installed"
}

install 0.36
install 0.31.1 'openai<3'
