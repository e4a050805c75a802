"""Logs chains of tools with Python's llm, by a model that answers from a script.

Arguments: a database. Standard input: JSON of a list of chains as in sample-chains.ts. llm 0.31 writes the older tables,
llm 0.32 and later the newer.
"""

import json
import sys

import llm
import sqlite_utils
from llm.migrations import migrate

db = sqlite_utils.Database(sys.argv[1])
migrate(db)
is_new = "turns" in db.table_names()


class Scripted(llm.Model):
    model_id = "gpt-4o-mini"
    can_stream = True
    supports_schema = True
    supports_tools = True
    attachment_types = {"image/png"}

    class Options(llm.Options):
        temperature: float | None = None

    def __init__(self, answers):
        self.answers = list(answers)

    def execute(self, prompt, stream, response, conversation=None, key=None):
        answer = self.answers.pop(0)
        response.set_usage(input=answer["inputTokens"], output=answer["outputTokens"])
        if is_new:
            from llm.parts import StreamEvent

            if answer.get("reasoning"):
                yield StreamEvent(type="reasoning", chunk=answer["reasoning"])
            if answer["text"]:
                yield StreamEvent(type="text", chunk=answer["text"])
            for call in answer.get("toolCalls", []):
                given = {"tool_call_id": call["id"]}
                yield StreamEvent(type="tool_call_name", chunk=call["name"], **given)
                yield StreamEvent(type="tool_call_args", chunk=call["argumentsText"], **given)
        else:
            yield answer["text"]
        for call in answer.get("toolCalls", []):
            try:
                arguments = json.loads(call["argumentsText"] or "{}")
            except ValueError:
                arguments = {"_raw": call["argumentsText"]}
            response.add_tool_call(llm.ToolCall(tool_call_id=call["id"], name=call["name"], arguments=arguments))


def implementation(tool):
    def call(**arguments):
        if "error" in tool:
            raise ValueError(tool["error"])
        return tool["output"]

    return call


def log(response):
    response.text()
    if is_new:
        from llm.logs import LogStore

        LogStore(db).log(response)
    else:
        response.log_to_db(db)


for chain in json.load(sys.stdin):
    tools = [
        llm.Tool(
            name=tool["name"],
            description=tool["description"],
            input_schema=tool["inputSchema"],
            implementation=implementation(tool),
            plugin=tool.get("plugin"),
        )
        for tool in chain["tools"]
    ]
    attachments = [llm.Attachment(type=given["type"], path=given["path"]) for given in chain.get("attachments", [])]
    options = {"options": chain["options"]} if is_new or chain["options"] else {}
    responses = Scripted(chain["answers"]).conversation().chain(
        chain["text"], system=chain.get("system"), attachments=attachments, tools=tools, chain_limit=0, **options
    )
    for response in responses.responses():
        log(response)
