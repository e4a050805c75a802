#!/bin/sh
# What people write first: one `llm` for each row. INPUT has no commas inside its fields.
#     sh loop.sh INPUT OUTPUT
set -u
echo 'id,review,response' > "$2"
tail -n +2 "$1" | while IFS=, read -r id review; do
  answer=$(llm --no-stream --model gpt-4o-mini "Classify: $review" < /dev/null)
  echo "$id,$review,$answer" >> "$2"
done
