"""The queue between the sessions and the worker: numbered events out, answers in."""
import asyncio
import itertools
from collections import OrderedDict, deque

from rlm_agent.server import encode

MOST_EVENTS = 10000
MOST_EVENT_BYTES = 256 << 20
MOST_SESSION_QUERIES = 1000
MOST_SESSION_BYTES = 64 << 20
_MOST_SETTLED = 50000


class Query:
    """One llm_query that waits for its answer."""

    __slots__ = ("id", "session", "request", "answer", "size", "seq")

    def __init__(self, number, session, request, size):
        self.id = number
        self.session = session
        self.request = request
        self.size = size
        self.seq = 0  # of its event
        self.answer = asyncio.get_running_loop().create_future()


class Broker:
    """Events are kept until the worker's `after` acknowledges them, those of queries only until they are settled."""

    def __init__(self, epoch):
        self.epoch = epoch
        self.last = 0
        self._first = 1  # the oldest event that was not acknowledged
        self._shown = 0  # the newest one that a poll has had
        self._events = {}  # seq -> JSON bytes
        self._bytes = 0
        self._withdrawals = {}  # session -> numbers of its events of that kind
        self._numbers = itertools.count(1)
        self._queries = OrderedDict()  # id -> Query, unanswered
        self._query_bytes = 0
        self._waiting = {}  # session -> [queries, bytes]
        self._settled = OrderedDict()  # id -> what a further answer to it is told
        self._poller = None

    # Events

    def publish(self, event):
        """Numbers the event and pushes it to whoever polls; returns its number."""
        self.last += 1
        line = encode(dict(seq=self.last, **event))
        self._events[self.last] = line
        self._bytes += len(line)
        if self._poller is not None:
            self._poller.wake()
        return self.last

    def _forget(self, number):
        self._bytes -= len(self._events.pop(number, b""))

    def acknowledge(self, after):
        """Forgets all events up to `after`. A number that was never given belongs to another agent's life."""
        if after > self.last:
            return
        while self._first <= after:
            self._forget(self._first)
            self._first += 1
        for session, numbers in list(self._withdrawals.items()):
            while numbers and numbers[0] <= after:
                numbers.popleft()
            if not numbers:
                del self._withdrawals[session]

    def lines(self, after, most):
        """(events after that number as JSON bytes, the last one's number); not many more than `most` bytes."""
        found, size = [], 0
        number = max(after, self._first - 1)
        while number < self.last and size < most:
            number += 1
            if number in self._events:
                found.append(self._events[number])
                size += len(found[-1])
        self._shown = max(self._shown, min(number, self.last))
        return found, number

    def attach(self, poller):
        """The newest poller gets the events; the one before it ends."""
        older, self._poller = self._poller, poller
        if older is not None:
            older.end()

    def detach(self, poller):
        if self._poller is poller:
            self._poller = None

    # Queries

    def ask(self, session, execution, request, size):
        """Announces a query; its answer is a future. Returns (Query, None) or (None, why it is refused)."""
        waiting = self._waiting.setdefault(session, [0, 0])
        if waiting[0] >= MOST_SESSION_QUERIES or waiting[1] + size > MOST_SESSION_BYTES:
            return None, "too many queries of this session are unanswered (%d, %d bytes)" % tuple(waiting)
        if len(self._withdrawals.get(session, ())) >= MOST_SESSION_QUERIES:
            return None, "too many queries of this session were withdrawn; the worker has yet to hear of it"
        if len(self._events) >= MOST_EVENTS or self._bytes + size > MOST_EVENT_BYTES:
            return None, "too many events wait for the worker (%d, %d bytes)" % (len(self._events), self._bytes)
        if self._query_bytes + size > MOST_EVENT_BYTES:
            return None, "too many queries are unanswered (%d bytes)" % self._query_bytes
        query = Query("q-%s-%d" % (self.epoch[:8], next(self._numbers)), session, request, size)
        self._queries[query.id] = query
        waiting[0] += 1
        waiting[1] += size
        self._query_bytes += size
        event = {"type": "query", "session": session, "id": query.id, "execution": execution, "request": request}
        query.seq = self.last + 1
        self.publish(event)
        return query, None

    def pending(self):
        """All unanswered queries, oldest first."""
        return [{"id": query.id, "request": query.request} for query in self._queries.values()]

    def unanswered(self, number):
        """The query of that id while it waits, else None."""
        return self._queries.get(number)

    def respond(self, number, response):
        """Hands over an answer and says what became of it."""
        query = self._settle(number, "duplicate")
        if query is None:
            return self._settled.get(number, "gone")
        if query.answer.done():
            return "gone"
        query.answer.set_result(response)
        return "delivered"

    def withdraw(self, session, numbers):
        """Nobody waits for these any more."""
        settled = [self._settle(number, "gone") for number in numbers]
        known = [query.id for query in settled if query is not None and query.seq <= self._shown]
        if known:  # the worker has never heard of the others
            seq = self.publish({"type": "withdrawn", "session": session, "ids": known})
            self._withdrawals.setdefault(session, deque()).append(seq)

    def withdraw_session(self, session):
        """The same for all queries of a session that was restarted or closed."""
        self.withdraw(session, [query.id for query in self._queries.values() if query.session == session])

    def _settle(self, number, verdict):
        query = self._queries.pop(number, None)
        if query is None:
            return None
        waiting = self._waiting[query.session]
        waiting[0] -= 1
        waiting[1] -= query.size
        if waiting[0] == 0:
            del self._waiting[query.session]
        self._query_bytes -= query.size
        self._forget(query.seq)
        self._settled[number] = verdict
        if len(self._settled) > _MOST_SETTLED:
            self._settled.popitem(last=False)
        return query
