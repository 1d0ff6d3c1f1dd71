"""FastAPI on Lambda, as Mangum brings it there: one route that reads one item. What a cold start in Python costs.

    AWS_LAMBDA_RUNTIME_API=127.0.0.1:PORT AWS_REGION=... AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... \
        AWS_ENDPOINT_URL_DYNAMODB=... TABLE_NAME=... BENCH_PK=... BENCH_SK=... \
        ../../../.tools/bench/bin/python -m awslambdaric lambda_app.handler

started in this folder. With TLS to the table, AWS_CA_BUNDLE names who signed its certificate. The client is made at
import, so that the init phase bears it.
"""

import os
from typing import Any

import boto3
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel

TABLE = os.environ["TABLE_NAME"]
KEY = {"pk": {"S": os.environ["BENCH_PK"]}, "sk": {"S": os.environ["BENCH_SK"]}}
table: Any = boto3.client("dynamodb", region_name=os.environ["AWS_REGION"])

app = FastAPI(openapi_url=None)


class Item(BaseModel):
    """What is answered: the id that was asked for, and the attributes that were read."""

    id: str
    attributes: dict[str, Any]


@app.get("/tasks/{id}")
async def read_task(id: str) -> Item:
    # It blocks; but an environment has one request at a time, and a thread for it would only cost more.
    item = table.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True).get("Item")
    if item is None:
        raise HTTPException(404)
    return Item(id=id, attributes={name: next(iter(value.values())) for name, value in item.items()})


handler = Mangum(app, lifespan="off")
