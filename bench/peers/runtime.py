"""A small Lambda runtime for Python: gets an event, calls the handler, returns its answer."""

import json
import os
import time
import urllib.request
from types import SimpleNamespace

from handler import handler

INVOCATIONS = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"


def post(path, body):
    request = urllib.request.Request(f"{INVOCATIONS}/{path}", data=json.dumps(body).encode())
    urllib.request.urlopen(request).close()


while True:
    with urllib.request.urlopen(f"{INVOCATIONS}/next") as event:
        request_id = event.headers["lambda-runtime-aws-request-id"]
        deadline = int(event.headers["lambda-runtime-deadline-ms"])
        body = json.load(event)

    def remaining(deadline=deadline):
        return deadline - int(time.time() * 1000)

    context = SimpleNamespace(aws_request_id=request_id, get_remaining_time_in_millis=remaining)
    try:
        post(f"{request_id}/response", handler(body, context))
    except Exception as error:  # a runtime reports whatever the handler raises
        post(f"{request_id}/error", {"errorType": type(error).__name__, "errorMessage": str(error)})
