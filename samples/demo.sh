#!/bin/bash
# `make demo`: runs a real batch over samples/reviews.csv, with the built command and the best model
# that it finds: a model of a provider whose key is in the environment, a model of a local server, a
# GGUF file, or else `echo`, which gives back the prompt. If a model fails, the next one is tried.
set -euo pipefail
cd "$(dirname "$0")/.."

template='Analyze sentiment (positive/negative/neutral): {review_text}'
output=.cache/demo/sentiment_results.csv
llm="node dist/bin/llm.js"

rm -rf .cache/demo
mkdir -p .cache/demo
: > .cache/demo/batch-config.yaml

main() {
  local model
  if model=$(model_of_key) && [ -n "$model" ] && run "$model" "A key in the environment opens $model: 6 short calls."; then
    echo "That was a real model. Other models: $llm models"
  elif model=$(model_of_server) && [ -n "$model" ] && run "$model" "A server on this machine has $model." "${short[@]}"; then
    echo "That was a model on your machine. For a larger one, put a key into the environment, such as OPENAI_API_KEY."
  elif model=$(model_of_file) && [ -n "$model" ] && run "$model" "The GGUF file $model is run in this process." "${short[@]}"; then
    echo "That was a small model. For a larger one, start a server such as Ollama,"
    echo "or put a key into the environment, such as OPENAI_API_KEY."
  else
    run echo "Asking the echo model, which is not a real model: it gives back the prompt."
    echo "For real answers without a key, get a small model that runs on this machine:"
    echo
    echo "  $llm extras install gguf"
    echo "  $llm models pull smollm2"
    echo "  make demo"
    echo
    echo "Or use a key: put it into the environment as OPENAI_API_KEY, or store it:"
    echo
    echo "  $llm keys set openai"
    echo "  $llm batch samples/reviews.csv --template '$template' --model gpt-4o-mini --concurrency 3 --output sentiment_results.csv"
  fi
}

# A small model likes to talk.
short=(-o max_tokens 30 --accept-truncated)

# run MODEL WHY [OPTION]...: shows the command and runs it. The demo has its own database, so that it
# leaves nothing in the user's log.
run() {
  local model=$1 why=$2
  shift 2
  local asked=(samples/reviews.csv --template "$template" --model "$model" --concurrency 3 "$@" --output "$output")
  echo "$why"
  echo
  echo "  $llm batch $(quoted "${asked[@]}")"
  echo
  LLM_BATCH_CONFIG=.cache/demo/batch-config.yaml $llm batch "${asked[@]}" --overwrite -d .cache/demo/logs.db || {
    [ $? -eq 130 ] && exit 130
    echo
    echo "$model failed. The demo tries the next model."
    echo
    return 1
  }
  echo
  echo "$output:"
  echo
  cat "$output"
  echo
}

quoted() {
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=-]*) printf "'%s' " "$word" ;;
      *) printf '%s ' "$word" ;;
    esac
  done
}

model_of_key() {
  if [ -n "${OPENAI_API_KEY:-}" ]; then echo gpt-4o-mini
  elif [ -n "${ANTHROPIC_API_KEY:-}" ]; then echo claude-haiku
  elif [ -n "${GEMINI_API_KEY:-${LLM_GEMINI_KEY:-}}" ]; then echo gemini-2.5-flash
  fi
}

# The first that the servers on this machine name, but for those that give vectors instead of answers.
model_of_server() {
  $llm models | sed -n -E 's#^(Ollama|LM Studio|llama\.cpp): ([a-z]+/[^ ]+).*#\2#p' | grep -v -E '/NAME$' | grep -v -i embed | sed -n 1p
}

model_of_file() {
  $llm models -q gguf/ | sed -n -E 's#^GGUF: ([^ ]+).*#\1#p' | sed -n 1p
}

main
