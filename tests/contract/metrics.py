"""Reads /metrics as a collector does, with Prometheus' own client library, and looks whether it adds up.

metrics.py SECRETS      the file of the stack's secrets
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from common import URL, session
from prometheus_client.parser import text_string_to_metric_families

# Counts are written with the first request after a minute.
PATIENCE = 90
KINDS = {
    "requests": "counter",
    "errors": "counter",
    "request_duration_seconds": "histogram",
    "app_uptime_seconds": "gauge",
    "build_info": "gauge",
}


def scrape(token):
    answer = session.get(URL + "/metrics", headers={"authorization": f"Bearer {token}"}, timeout=60)
    answer.raise_for_status()
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8", answer.headers
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def labels(sample, *left_out):
    return tuple(sorted((name, value) for name, value in sample.labels.items() if name not in left_out))


def check(families):
    kinds = {name: family.type for name, family in families.items()}
    # What was deployed is known where git knows it.
    assert kinds.items() <= KINDS.items() and kinds.keys() >= {"requests", "errors", "request_duration_seconds"}, kinds
    samples = [sample for family in families.values() for sample in family.samples]
    twice = [key for key, times in Counter((sample.name, labels(sample)) for sample in samples).items() if times > 1]
    assert not twice, twice
    total = {labels(sample): sample.value for sample in families["requests"].samples}
    assert total, "nothing was counted"
    by_name = {}
    for sample in families["request_duration_seconds"].samples:
        by_name.setdefault(sample.name.rsplit("_", 1)[1], {}).setdefault(labels(sample, "le"), []).append(sample)
    for route, requests in total.items():
        buckets = sorted((float(sample.labels["le"]), sample.value) for sample in by_name["bucket"][route])
        counts = [count for _, count in buckets]
        assert counts == sorted(counts) and buckets[-1] == (float("inf"), requests), (route, buckets)
        assert by_name["count"][route][0].value == requests and by_name["sum"][route][0].value >= 0, route
    for sample in families["errors"].samples:
        assert sample.value <= total[labels(sample, "class")], sample
    print(f"{len(samples)} samples of {len(total)} routes, {int(sum(total.values()))} requests")


secrets = json.loads(Path(sys.argv[1]).read_text())
token = secrets["sprintsync/scrape-token"]["current"]["value"]
deadline = time.monotonic() + PATIENCE
while not (families := scrape(token))["requests"].samples:
    assert time.monotonic() < deadline, "nothing was counted in time"
    time.sleep(1)
check(families)
