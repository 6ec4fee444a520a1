"""The same as calls.ts, with the Python SDK. The server's address is in the environment."""

import json
import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bacalhau_sdk.jobs import Jobs

logging.disable()  # A line for each connection that its pool of ten has no room for.
jobs = Jobs()
pool = ThreadPoolExecutor(32)

for line in sys.stdin:
    question = json.loads(line)
    calls, concurrency = question["calls"], question["concurrency"]

    def call(_):
        if question["operation"] == "get":
            reply = jobs.get(question["jobId"])
        else:
            reply = jobs.list(limit=5)
        if reply is None:  # It prints errors and goes on.
            raise RuntimeError("The Python SDK got no answer.")

    cpu, began = time.process_time(), time.perf_counter()
    if concurrency == 1:
        for index in range(calls):
            call(index)
    else:
        parts = [calls // concurrency] * concurrency
        list(pool.map(lambda part: [call(index) for index in range(part)], parts))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    calls = calls if concurrency == 1 else sum(parts)
    print(json.dumps({"wallMs": wall * 1000 / calls, "cpuMs": cpu * 1000 / calls}), flush=True)
