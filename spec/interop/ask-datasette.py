"""Prints what Datasette shows of a database, as a JSON list.

Arguments: the database, and paths of JSON pages.
"""

import asyncio
import json
import sys

from datasette.app import Datasette


async def ask(database, paths):
    client = Datasette([database]).client
    return [(await client.get(path)).json() for path in paths]


print(json.dumps(asyncio.run(ask(sys.argv[1], sys.argv[2:]))))
