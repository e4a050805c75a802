"""Stores a database of make-log.py as SQL, and what Python llm shows of it, for specs that need no Python.

Arguments: the database, the folder for the sample. Run with llm 0.36:
    for version in 0.31.1 0.36; do .cache/python-llm-$version/bin/python spec/interop/make-log.py both.db FOLDER; done
    .cache/python-llm-0.36/bin/python spec/interop/store-log-sample.py both.db spec/command/logs-sample
"""

import json
import pathlib
import sqlite3
import sys

from click.testing import CliRunner
from llm.cli import cli

path, folder = sys.argv[1], pathlib.Path(sys.argv[2])
commands = {
    "markdown.txt": ["-n", "0", "-u"],
    "expanded.txt": ["-n", "0", "--tools", "-e"],
    "fragments.txt": ["-f", "alpha", "-n", "0", "-e"],
    "truncated.txt": ["-n", "12", "-t"],
    "short.txt": ["-n", "0", "-s", "-u"],
    "json.txt": ["-n", "24", "--json"],
    "json-older.txt": ["-q", "pelican", "-n", "0", "--json"],
    "search.txt": ["-q", "pelican", "-n", "0"],
    "latest.txt": ["-q", "pelican", "-l", "-n", "2"],
    "model.txt": ["-m", "gpt-4o-mini", "-n", "0"],
    "response.txt": ["-r"],
    "extract.txt": ["-n", "0", "-x"],
    "extract-last.txt": ["-n", "0", "--xl"],
    "data.txt": ["-n", "0", "--data", "--schema", "SCHEMA"],
    "data-array.txt": ["-n", "0", "--data-array", "--data-key", "items", "--data-ids", "--schema", "SCHEMA"],
}

database = sqlite3.connect(path)
schema = database.execute("select id from schemas").fetchone()[0]
conversation = database.execute("select thread_id from turns group by thread_id having count(*) = 4").fetchone()[0]
commands["conversation.txt"] = ["--cid", conversation]
tables = [
    name
    for (name,) in database.execute("select name from sqlite_master where type = 'table' order by rowid")
    if not name.startswith(("sqlite_", "_llm", "responses_fts", "turn_search_fts"))
]
folder.mkdir(parents=True, exist_ok=True)
with open(folder / "rows.sql", "w") as file:
    for table in tables:
        columns = [f'"{row[1]}"' for row in database.execute(f'pragma table_info("{table}")')]
        quoted = " || ', ' || ".join(f"quote({column})" for column in columns)
        for (values,) in database.execute(f'select {quoted} from "{table}" order by rowid'):
            file.write(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({values});\n')
stored = {}
for name, words in commands.items():
    words = [schema if word == "SCHEMA" else word for word in words]
    result = CliRunner().invoke(cli, ["logs", "list", "-d", path, *words], catch_exceptions=False)
    (folder / name).write_text(result.output, newline="")
    stored[name] = words
(folder / "commands.json").write_text(json.dumps(stored, indent=2) + "\n")
