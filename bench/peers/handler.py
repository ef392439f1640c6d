"""The other design, in Python: the same function as in handler.ts."""

import json
import os
import urllib.error
import urllib.request

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

config = IdempotencyConfig(event_key_jmespath="id")
persistence_store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])


@idempotent_function(data_keyword_argument="post", config=config, persistence_store=persistence_store)
def publish(post: dict) -> str:
    request = urllib.request.Request(
        f"{os.environ['PLATFORM_URL']}/2/tweets",
        data=json.dumps({"text": post["text"]}).encode(),
        headers={
            "authorization": f"Bearer {os.environ['PLATFORM_TOKEN']}",
            "content-type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:
            return json.load(answer)["data"]["id"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error.code} {error.read().decode()}") from error


def handler(event: dict, context) -> list[str]:
    config.register_lambda_context(context)
    return [publish(post=json.loads(record["body"])) for record in event["Records"]]
