"""The thirty lines that people write: asyncio, the `openai` package, 50 calls at once.

python thirty-lines.py INPUT OUTPUT
"""
import asyncio
import csv
import sys

from openai import AsyncOpenAI

client = AsyncOpenAI()
slots = asyncio.Semaphore(50)


async def ask(row):
    async with slots:
        try:
            reply = await client.chat.completions.create(
                model="gpt-4o-mini",
                messages=[{"role": "user", "content": f"Classify: {row['review']}"}],
            )
            return row | {"response": reply.choices[0].message.content}
        except Exception as error:
            print(row["id"], error, file=sys.stderr)
            return row | {"response": ""}


async def main(source, target):
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    answered = await asyncio.gather(*(ask(row) for row in rows))
    with open(target, "w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "review", "response"])
        writer.writeheader()
        writer.writerows(answered)


asyncio.run(main(*sys.argv[1:]))
