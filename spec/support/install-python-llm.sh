#!/bin/sh
# Installs the real Python llm, once, for the interop specs: .cache/python-llm-0.36 and .cache/python-llm-0.31.1; and
# datasette, in .cache/python-datasette-0.65.5.
# 0.31.1 asks for any openai from 2 on, but cannot start with openai 3.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)

install() {
  program=$1
  version=$2
  shift 2
  folder="$root/.cache/python-$program-$version"
  if [ -x "$folder/bin/$program" ] && "$folder/bin/$program" --version | grep -q " $version\$"; then
    echo "python $program $version: there already"
    return
  fi
  python3 -m venv --clear "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$program==$version" "$@"
  echo "python $program $version: installed"
}

install llm 0.36
install llm 0.31.1 'openai<3'
install datasette 0.65.5
