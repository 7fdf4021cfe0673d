"""Asks by the client that openapi-python-client made of /openapi.json, and prints the answers as one JSON object.

Arguments: the folder where the package `generated` is, the URL, and as JSON {live, scheduled, room}: ids that there are.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from uuid import UUID

folder, url, given = sys.argv[1:]
sys.path.insert(0, folder)
from generated import Client  # noqa: E402
from generated.api.sessions import get_session, get_stats, get_viewers, list_room_sessions, list_sessions  # noqa: E402
from generated.models import InvalidListQuery, ListSort, NotFound, SessionStatus, SortOrder  # noqa: E402

ids = {name: UUID(value) for name, value in json.loads(given).items()}
client = Client(base_url=url)
open_ones = [SessionStatus.LIVE, SessionStatus.SCHEDULED]


def walk():
    cursor, walked = {}, []
    while True:
        page = list_sessions.sync(client=client, limit=1, sort=ListSort.VIEWER_COUNT, **cursor).data
        walked += [str(session.id) for session in page.sessions]
        if page.next_cursor is None:
            return walked
        cursor = {"cursor": page.next_cursor}


filtered = list_sessions.sync(
    client=client,
    status=open_ones,
    ids=[ids["live"], ids["scheduled"]],
    room_id=[ids["room"]],
    started_after=datetime.now(timezone.utc) - timedelta(days=1),
    started_before=datetime(2200, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    sort=ListSort.CREATED_AT,
    order=SortOrder.ASC,
)
both = list_sessions.sync(client=client, status=open_ones, limit=100)
one = get_session.sync(ids["live"], client=client)
viewers = get_viewers.sync(ids["live"], client=client, step=60)
refused = list_sessions.sync(client=client, limit=1000)
assert isinstance(refused, InvalidListQuery), refused
missing = get_session.sync(UUID(int=0), client=client)
assert isinstance(missing, NotFound), missing
assert isinstance(one.data.started_at, datetime), one.data.started_at

print(
    json.dumps(
        {
            "filtered": [str(session.id) for session in filtered.data.sessions],
            "both": [session.status.value for session in both.data.sessions],
            "walked": walk(),
            "title": one.data.title,
            "live_now": get_stats.sync(client=client).data.live_now,
            "counted": [point.max_ for point in viewers.data.points],
            "ofRoom": list_room_sessions.sync(ids["room"], client=client).data.total,
            "refusal": refused.details[0].parameter,
        }
    )
)
