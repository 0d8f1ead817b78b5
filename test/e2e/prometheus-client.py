"""Pushes with Python's prometheus_client. Arguments: the URL of the gateway and the name of a case.

A refused push ends the script with status 1 and prints what the library raised.
"""

import sys
from unittest import mock
from urllib.error import HTTPError

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Enum,
    Gauge,
    Histogram,
    Info,
    Summary,
    delete_from_gateway,
    push_to_gateway,
    pushadd_to_gateway,
)
from prometheus_client.exposition import basic_auth_handler


def gauge(name, value):
    registry = CollectorRegistry()
    Gauge(name, f"Help of {name}.", registry=registry).set(value)
    return registry


def summary(name):
    registry = CollectorRegistry()
    Summary(name, f"Help of {name}.", registry=registry).observe(1)
    return registry


def every_type():
    registry = CollectorRegistry()
    counter = Counter("jobs", "Jobs done.", ["kind"], registry=registry)
    counter.labels("a").inc(3)
    counter.labels('b "c" \\ d\ne').inc()
    Gauge("temperature_celsius", "Over\ntwo lines, \\ and all.", registry=registry).set(-12.5)
    summary = Summary("wait_seconds", "Waiting.", registry=registry)
    summary.observe(0.25)
    summary.observe(1)
    histogram = Histogram(
        "size_bytes", "Sizes.", buckets=[0.00001, 1, 5, 1e6, 12345678], registry=registry
    )
    for size in (0.5, 3, 1e6, 1e9):
        histogram.observe(size)
    Info("build", "Build.", registry=registry).info({"version": "1.2.3", "revision": "ü"})
    Enum("state", "State.", states=["starting", "running"], registry=registry).state("running")
    return registry


def basic_auth(url, method, timeout, headers, data):
    return basic_auth_handler(url, method, timeout, headers, data, "user", "secret")


def slash_key():
    return {"path": "/var/tmp", "empty": "", "instance": "i"}


CASES = {
    "every-type": lambda url: push_to_gateway(url, "types", every_type()),
    "push": lambda url: push_to_gateway(url, "j", gauge("a", 1)),
    "push-other": lambda url: push_to_gateway(url, "j", gauge("b", 2)),
    "add-other": lambda url: pushadd_to_gateway(url, "j", gauge("b", 2)),
    "add-again": lambda url: pushadd_to_gateway(url, "j", gauge("a", 3)),
    "delete": lambda url: delete_from_gateway(url, "j"),
    "delete-nothing": lambda url: delete_from_gateway(url, "nothing"),
    "slash": lambda url: push_to_gateway(url, "a/b", gauge("a", 1), grouping_key=slash_key()),
    "slash-delete": lambda url: delete_from_gateway(url, "a/b", grouping_key=slash_key()),
    "odd-key": lambda url: push_to_gateway(
        url, "ü😀", gauge("a", 1), grouping_key={"l": 'a-b+c%20"\\\n', "n": 5}
    ),
    "empty-job": lambda url: push_to_gateway(url, "", gauge("a", 1)),
    "auth": lambda url: push_to_gateway(url, "auth", gauge("a", 1), handler=basic_auth),
    "auth-delete": lambda url: delete_from_gateway(url, "auth", handler=basic_auth),
    "other-type": lambda url: push_to_gateway(url, "k", summary("a")),
}


def main():
    url, case = sys.argv[1:]
    # The clients' metrics carry the time at which they were created.
    with mock.patch("time.time", return_value=1700000000.25):
        try:
            CASES[case](url)
        except HTTPError as error:
            print(f"{error.code} {error.read().decode()}", end="")
            sys.exit(1)


main()
