"""Sends events to Kafka as a service in Python would: the SDK of CloudEvents writes them, librdkafka sends them.

Arguments: the brokers, the topic, and a list in JSON of {id, title, mode, compression, producer}:
`mode` is structured or binary, `producer` is plain, idempotent, transactional or aborted. Each is a session that starts and
whose producer then says once that it is still there. Writes one line in JSON: the versions that were used.
"""

import json
import sys
import uuid
from datetime import datetime, timezone
from importlib.metadata import version

from cloudevents.core.bindings.kafka import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer, libversion

WRITE = {"structured": to_structured, "binary": to_binary}


def settings_of(producer):
    if producer == "plain":
        return {}
    if producer == "idempotent":
        return {"enable.idempotence": True}
    return {"transactional.id": str(uuid.uuid4())}


def events_of(session):
    def event(type, data=None):
        attributes = {
            "id": str(uuid.uuid4()),
            "type": type,
            "source": "/foreign/python",
            "subject": session["id"],
            "time": datetime.now(timezone.utc),
            "partitionkey": session["id"],
            "specversion": "1.0",
        }
        if data is not None:
            attributes["datacontenttype"] = "application/json"
        return CloudEvent(attributes=attributes, data=data)

    yield event("session.started.v1", {"title": session["title"], "lease_seconds": 600})
    yield event("session.heartbeat.v1")


def send(brokers, topic, session):
    settings = {"bootstrap.servers": brokers, "compression.type": session["compression"], "linger.ms": 5}
    producer = Producer({**settings, **settings_of(session["producer"])})
    failures = []

    def delivered(error, _message):
        if error is not None:
            failures.append(str(error))

    in_transaction = session["producer"] in ("transactional", "aborted")
    if in_transaction:
        producer.init_transactions()
        producer.begin_transaction()
    for event in events_of(session):
        message = WRITE[session["mode"]](event, JSONFormat())
        headers = list(message.headers.items())
        producer.produce(topic, key=message.key, value=message.value, headers=headers, on_delivery=delivered)
    if producer.flush(30) > 0 or failures:
        sys.exit(f"not delivered: {failures}")
    if session["producer"] == "transactional":
        producer.commit_transaction()
    if session["producer"] == "aborted":
        producer.abort_transaction()


brokers, topic, sessions = sys.argv[1:]
for each in json.loads(sessions):
    send(brokers, topic, each)
print(
    json.dumps(
        {
            "cloudevents": version("cloudevents"),
            "confluent-kafka": version("confluent-kafka"),
            "librdkafka": libversion()[0],
        }
    )
)
