#!/bin/bash
# `make demo`: a real batch from file to file over samples/reviews.csv, on the built command.
# The model is llm's `echo`, which is none: it answers with the prompt it got. So no key and no network are needed.
set -euo pipefail
cd "$(dirname "$0")/.."

template='Analyze sentiment (positive/negative/neutral): {review_text}'
output=.cache/demo/sentiment_results.csv
llm="node dist/bin/llm.js"

rm -rf .cache/demo
mkdir -p .cache/demo
echo "Asking the echo model (no real model: it answers with the prompt it got), once per row of samples/reviews.csv:"
echo
echo "  $llm batch samples/reviews.csv --template '$template' --model echo --concurrency 3 --output $output"
echo
# In a folder of its own, so that a demo leaves nothing in the log of the person who tries it.
LLM_USER_PATH=.cache/demo/llm $llm batch samples/reviews.csv --template "$template" --model echo \
  --concurrency 3 --output "$output" --overwrite

echo
echo "$output:"
echo
cat "$output"
echo

# The cheapest model that a key in the environment opens.
if [ -n "${OPENAI_API_KEY:-}" ]; then model=gpt-4o-mini
elif [ -n "${ANTHROPIC_API_KEY:-}" ]; then model=claude-haiku
elif [ -n "${LLM_GEMINI_KEY:-${GEMINI_API_KEY:-}}" ]; then model=gemini-2.5-flash
else model=
fi

if [ -n "$model" ]; then
  echo "There is a key for $model in the environment. The same with a real model (6 short calls):"
  echo
  echo "  $llm batch samples/reviews.csv --template '$template' --model $model --concurrency 3 --output sentiment_results.csv"
else
  echo "For a real model, store a key and name the model:"
  echo
  echo "  $llm keys set openai"
  echo "  $llm batch samples/reviews.csv --template '$template' --model gpt-4o-mini --concurrency 3 --output sentiment_results.csv"
fi
