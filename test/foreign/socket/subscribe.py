"""Subscribes as the documentation of python-socketio shows it, and prints what came, one JSON object a line.

usage: subscribe.py URL plain|acked|polling
"""

import json
import sys
import threading

import socketio

url, way = sys.argv[1:]
client = socketio.Client(reconnection=False)
snapshot, errors, delta = threading.Event(), threading.Event(), threading.Event()
line = threading.Lock()


def say(what, value):
    # Frames are told from another thread than answers.
    with line:
        print(json.dumps({"what": what, "value": value}), flush=True)


@client.on("snapshot")
def on_snapshot(frame):
    say("snapshot", frame)
    snapshot.set()


@client.on("delta")
def on_delta(frame):
    say("delta", frame)
    delta.set()


@client.on("error")
def on_error(error):
    say("error", error)
    errors.set()


@client.event
def connect_error(data):
    say("connect_error", data)


try:
    if way == "polling":
        client.connect(url)
    else:
        client.connect(url, transports=["websocket"], wait_timeout=10)
except socketio.exceptions.ConnectionError as error:
    say("not connected", str(error))
    sys.exit(0)

question = {"v": 1, "query": {"sort": "viewer_count", "limit": 5}}
if way == "acked":
    say("ack", client.call("subscribe", question, timeout=10))
    assert snapshot.wait(10)
    say("ack", client.call("subscribe", {"v": 1, "query": {"limit": 0}}, timeout=10))
else:
    client.emit("subscribe", question)
    assert snapshot.wait(10)
    client.emit("subscribe", {"v": 1, "query": {"limit": 0}})
    assert errors.wait(10)
assert delta.wait(30)
client.disconnect()
