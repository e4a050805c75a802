"""Runs several commands of Python llm in one process, since its start takes a second each.

Standard input: a JSON list of argument lists; ["verify"] checks every hash of the message store instead.
Standard output: a JSON list of {"exitCode", "output"}.
"""

import json
import sys

from click.testing import CliRunner
from llm.cli import cli, logs_db_path


def verify():
    import sqlite_utils
    from llm.logs import LogStore

    return {"exitCode": 0, "output": repr(LogStore(sqlite_utils.Database(logs_db_path())).verify())}


def run(arguments):
    if arguments == ["verify"]:
        return verify()
    result = CliRunner().invoke(cli, arguments, catch_exceptions=True)
    trouble = "" if result.exception is None else repr(result.exception)
    return {"exitCode": result.exit_code, "output": result.output + (trouble if result.exit_code else "")}


print(json.dumps([run(arguments) for arguments in json.load(sys.stdin)]))
