"""Runs several commands of Python llm in one process, since its start takes a second each.

Standard input: a JSON list of argument lists; ["verify"] checks every hash of the message store instead,
["extract", "first" or "last", TEXT] gives the fenced code block of a text as JSON, and ["yaml", JSON of [VALUE, OPTIONS]]
gives what PyYAML writes.
Standard output: a JSON list of {"exitCode", "output", "stdout", "stderr"}; output has both streams.
"""

import json
import sys

from click.testing import CliRunner
from llm.cli import cli, logs_db_path


def verify():
    import sqlite_utils
    from llm.logs import LogStore

    return {"exitCode": 0, "output": repr(LogStore(sqlite_utils.Database(logs_db_path())).verify())}


def extract(which, text):
    from llm.utils import extract_fenced_code_block

    return {"exitCode": 0, "output": json.dumps(extract_fenced_code_block(text, last=which == "last"))}


def dump_yaml(case):
    import yaml

    value, options = json.loads(case)

    class Dumper(yaml.Dumper):
        def ignore_aliases(self, data):
            return True

    if options.pop("literal", False):
        # As in `llm fragments list`.
        Dumper.add_representer(
            str,
            lambda dumper, text: dumper.represent_scalar(
                "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
            ),
        )
    return {"exitCode": 0, "output": yaml.dump(value, Dumper=Dumper, default_flow_style=False, **options)}


def run(arguments):
    if arguments == ["verify"]:
        return verify()
    if arguments and arguments[0] == "extract":
        return extract(*arguments[1:])
    if arguments and arguments[0] == "yaml":
        return dump_yaml(arguments[1])
    result = CliRunner().invoke(cli, arguments, catch_exceptions=True)
    trouble = "" if result.exception is None else repr(result.exception)
    return {
        "exitCode": result.exit_code,
        "output": result.output + (trouble if result.exit_code else ""),
        "stdout": result.stdout,
        "stderr": result.stderr,
    }


print(json.dumps([run(arguments) for arguments in json.load(sys.stdin)]))
