"""Logs calls of many kinds through Python llm's own code, with a model that needs no server.

Arguments: the database, and a folder for attachments. llm 0.31 writes the older tables, llm 0.32 and later the newer.
"""

import json
import pathlib
import sys

import llm
import sqlite_utils
from llm.migrations import migrate
from llm.utils import Fragment

path, folder = sys.argv[1], pathlib.Path(sys.argv[2])
db = sqlite_utils.Database(path)
migrate(db)
is_new = "turns" in db.table_names()

CODE = "Here it is:\n\n```python\nprint('hi')\n```\n\nand\n\n````js\nlet a = '```'\n````\n"
TEXTS = {
    "code": CODE,
    "json": '{"name": "Zoë", "age": 1.0, "big": 12345678901234567890123, "small": 1e-7, "2": 1, "1": [true, null]}',
    "list": '{"items": [{"name": "a", "response_id": "mine"}, {"name": "b"}]}',
    "mixed": '{"items": [1, {"name": "b"}]}',
    "unicode": "Percy 😀 ünï\n\"q\" \u2028 end\u00a0",
    "empty": "",
    "long": "A long answer about pelicans. " * 40,
}


class Fake(llm.Model):
    can_stream = True
    supports_schema = True
    supports_tools = True
    attachment_types = {"image/png", "application/pdf", "text/plain"}

    class Options(llm.Options):
        temperature: float | None = None
        seed: int | None = None
        stop: str | None = None
        flag: bool | None = None
        bias: dict | None = None

    def __init__(self, model_id):
        self.model_id = model_id

    def execute(self, prompt, stream, response, conversation=None, key=None):
        text = (prompt.prompt or "").split("\n")[-1]
        response.response_json = {"id": "fake-1", "text": TEXTS.get(text, text), "usage": {"n": 1.0, "m": [1, 1e20]}}
        if text == "tokens":
            response.set_usage(input=12345, output=6, details={"cached": 3, "nested": {"a": [1, "b", 1.5]}})
        elif text == "resolved":
            response.set_usage(input=5)
            if hasattr(response, "set_resolved_model"):
                response.set_resolved_model("fake-2026-01-01")
        if text in ("use tools", "use more tools"):
            for index, (name, arguments) in enumerate(
                [
                    ("add", {"a": 1, "b": 2.0}),
                    ("say", {"text": "multi\nline ``` `code`", "n": 1}),
                    ("fail", {}),
                    ("Shop_price", {"name": "pear"}),
                    ("draw", {}),
                ]
            ):
                response.add_tool_call(llm.ToolCall(tool_call_id=f"call_{index}", name=name, arguments=arguments))
        elif is_new and text == "reason":
            from llm.parts import StreamEvent

            yield StreamEvent(type="reasoning", chunk="Because of\nthis.  \n\n")
            yield StreamEvent(type="text", chunk="So that.")
            return
        elif is_new and text == "server tool":
            from llm.parts import StreamEvent

            yield StreamEvent(type="text", chunk="Looking.")
            yield StreamEvent(type="tool_call_name", chunk="web_search", tool_call_id="s1", server_executed=True)
            yield StreamEvent(type="tool_call_args", chunk='{"q": "x", "n": [1]}', tool_call_id="s1", server_executed=True)
            yield StreamEvent(type="tool_result", chunk="found: x", tool_call_id="s1", tool_name="web_search", server_executed=True)
            yield StreamEvent(type="text", chunk="Found.")
            return
        yield TEXTS.get(text, f"Answer to: {text}")


def add(a: int, b: float) -> float:
    "Adds two numbers.\n\n    Both of them."
    return a + b


def say(text: str, n: int) -> str:
    return f"{text}\n" * n + "<&> ```` ünï"


def fail() -> str:
    "Fails."
    raise ValueError("no\nway")


def draw() -> llm.ToolOutput:
    "Draws."
    return llm.ToolOutput(output="drawn", attachments=[llm.Attachment(type="image/png", url="https://example.com/d.png")])


class Shop(llm.Toolbox):
    "A shop."

    def __init__(self, currency="EUR"):
        self.currency = currency

    def price(self, name: str) -> str:
        "The price."
        return f"2 {self.currency}"


fake, other = Fake("fake"), Fake("gpt-4o-mini")


def log(response):
    response.text()
    if is_new:
        from llm.logs import LogStore

        LogStore(db).log(response)
    else:
        response.log_to_db(db)


def ask(model, text, conversation=None, **kwargs):
    asked = (conversation or model.conversation()) if conversation is not False else model
    log(asked.prompt(text, **kwargs))


def chain(model, text, tools, **kwargs):
    for response in model.conversation().chain(text, tools=tools, **kwargs).responses():
        log(response)


png = folder / "a.png"
png.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
code = Fragment("\n".join(f"line {n} <b>" for n in range(12)), "code.py")
short = Fragment("Frag one text", "frag.txt")
wide = Fragment("wide " * 60, "https://example.com/wide.txt")
schema = {"type": "object", "properties": {"näme": {"type": "string"}, "age": {"type": "number", "minimum": 1.0}}}

ask(fake, "Name a pelican", system="Be nice")
ask(fake, "Name a pelican", system="Be nice", temperature=0.5)
ask(fake, "Name an otter: please", system="Be nice\nand brief", temperature=1.0, seed=7, stop="it's\n\"x\"", flag=True, bias={"1": -1.5, "a": None, "b": [True]})
ask(other, "tokens")
ask(other, "resolved")
talk = fake.conversation()
for text in ("one", "two", "code", "three"):
    ask(fake, text, talk, system="Once" if text == "one" else None)
ask(fake, "question?", fragments=[short])
ask(fake, "question 2?", fragments=[code, short], system_fragments=[wide], system="and this")
ask(fake, "", system="only a system prompt")
for text in ("json", "list", "mixed", "unicode", "empty", "long"):
    ask(fake, text, schema=schema if text in ("json", "list") else None)
ask(fake, "not JSON", schema=schema)
ask(
    fake,
    "look",
    attachments=[
        llm.Attachment(type="image/png", path=str(png)),
        llm.Attachment(type="image/png", url="https://example.com/ä.png"),
        llm.Attachment(type="text/plain", content=b"x" * 1234),
    ],
)
chain(fake, "use tools", [add, say, fail, Shop("USD")], system="Use them")
chain(fake, "use more tools", [add, say, fail, draw, Shop()], chain_limit=0)
if is_new:
    ask(fake, "reason")
    ask(fake, "server tool")
ask(fake, "- a: 'b' #c  d\ttab " + "word " * 60 + "the end: of it")
ask(fake, "ünï " * 60)
ask(fake, "yes")
ask(fake, "2026-11-22")
ask(fake, "  leading and trailing  ")
ask(fake, "x" * 300)
ask(fake, "it's " * 40 + "quoted: 'yes'")
ask(fake, "pelican pelican")
ask(fake, "pelican and gpt")
db["fragment_aliases"].insert_all([{"alias": alias, "fragment_id": 1} for alias in ("zeta", "alpha")], ignore=True)
print(json.dumps({"fragments": [row["hash"] for row in db["fragments"].rows], "schemas": [row["id"] for row in db["schemas"].rows], "ids": [row["id"] for row in db.query("select id from " + ("turns" if is_new else "responses") + " order by id")]}))
