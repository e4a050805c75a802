"""Runs commands of Python llm, or a script, each time in a fork of one process: its start takes a second.

Standard input: a line of JSON each time: {"environment": {...}, "commands": [ARGUMENTS, ...]}. ARGUMENTS are a list;
["verify"] checks every hash of the message store instead, ["script", PATH, INPUT, ARGUMENT...] runs a script in Python,
["types", PATH, ...] gives the media types of files as JSON,
["extract", "first" or "last", TEXT] gives the fenced code block of a text as JSON, and ["yaml", JSON of [VALUE, OPTIONS]]
gives what PyYAML writes.
Standard output: a line of JSON each time, a list of {"exitCode", "output", "stdout", "stderr"}; output has both streams.
The line is null when the fork failed.
"""

import contextlib
import gc
import io
import json
import os
import runpy
import sys
import traceback

import openai.resources.chat.completions  # noqa: F401, or each fork that asks a model takes half a second for it
from click.testing import CliRunner
from llm.cli import cli, logs_db_path


def verify():
    import sqlite_utils
    from llm.logs import LogStore

    return {"exitCode": 0, "output": repr(LogStore(sqlite_utils.Database(logs_db_path())).verify())}


def run_script(path, text, *arguments):
    sys.argv, sys.stdin = [path, *arguments], io.StringIO(text)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(path, run_name="__main__")
    return {"exitCode": 0, "output": printed.getvalue()}


def types(*paths):
    from llm.utils import mimetype_from_path

    return {"exitCode": 0, "output": json.dumps([mimetype_from_path(path) for path in paths])}


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
    ours = {"script": run_script, "types": types, "extract": extract, "yaml": dump_yaml}
    if arguments and arguments[0] in ours:
        return ours[arguments[0]](*arguments[1:])
    result = CliRunner().invoke(cli, arguments, catch_exceptions=True)
    trouble = "" if result.exception is None else repr(result.exception)
    return {
        "exitCode": result.exit_code,
        "output": result.output + (trouble if result.exit_code else ""),
        "stdout": result.stdout,
        "stderr": result.stderr,
    }


def answer(line):
    asked = json.loads(line)
    os.environ.update(asked["environment"])
    return json.dumps([run(arguments) for arguments in asked["commands"]])


gc.freeze()  # or the forks copy memory only to look for garbage
for line in sys.stdin:
    if os.fork() == 0:
        try:
            print(answer(line), flush=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _, status = os.wait()
    if status != 0:
        print("null", flush=True)
