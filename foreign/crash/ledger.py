"""What was sent, acknowledged and received, and what of it breaks a promise. Knows no broker and no client library."""

import collections
import threading

# Every violation has one of these kinds; the first five cost somebody a message.
KINDS = ("lost", "twice", "order", "damaged", "invented", "session", "ended", "subscription", "retained", "stuck")


def stream_topic(publisher, qos):
    return "crash/p/%s/q%d" % (publisher, qos)


def body(publisher, sequence):
    """The payload of a message: who, which number, and padding whose length and text follow from both."""
    head = "%s %d " % (publisher, sequence)
    size = (sequence * 7919 + len(publisher) * 104729) % 1500 if sequence % 10 == 0 else (sequence * 31) % 200
    return (head + "abcdefghijklmnopqrstuvwxyz"[sequence % 26] * size).encode()


def parse(payload):
    """(publisher, sequence), or None where it is not byte for byte what body() made."""
    try:
        publisher, number, _ = payload.decode().split(" ", 2)
        sequence = int(number)
    except ValueError:
        return None
    return (publisher, sequence) if body(publisher, sequence) == payload else None


class Stream:
    """One publisher on one topic: numbers 1, 2, 3 ... in this order."""

    def __init__(self, publisher, qos):
        self.publisher, self.qos = publisher, qos
        self.topic = stream_topic(publisher, qos)
        self.sent = 0
        self.acked = set()
        self.checked = 0  # all up to here were accounted for in earlier rounds

    def unacked(self):
        return self.sent - len(self.acked)


class Reader:
    """One persistent subscriber: how often each number arrived, and in which order at first."""

    def __init__(self, name, qos):
        self.name, self.qos = name, qos
        self.counts = collections.defaultdict(collections.Counter)  # publisher -> number -> times
        self.highest = collections.defaultdict(int)
        self.doubled = collections.defaultdict(int)  # effective QoS -> second arrivals in this round


class Ledger:
    """All methods may be called from any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.streams, self.readers = {}, {}
        self.violations = collections.Counter()
        self.notes = []
        self.activity = 0

    def note(self, kind, text, count=1):
        with self.lock:
            self._note(kind, text, count)

    def _note(self, kind, text, count=1):
        self.violations[kind] += count
        if sum(1 for note in self.notes if note.startswith(kind)) < 6:
            self.notes.append("%s: %s" % (kind, text))

    def add_stream(self, publisher, qos):
        self.streams[publisher] = Stream(publisher, qos)
        return self.streams[publisher]

    def add_reader(self, name, qos):
        self.readers[name] = Reader(name, qos)
        return self.readers[name]

    def sent(self, publisher, sequence):
        with self.lock:
            self.streams[publisher].sent = max(self.streams[publisher].sent, sequence)

    def acked(self, publisher, sequence):
        with self.lock:
            self.activity += 1
            self.streams[publisher].acked.add(sequence)

    def got(self, reader_name, topic, payload):
        """A message reached the application of a subscriber."""
        with self.lock:
            self.activity += 1
            reader = self.readers[reader_name]
            parsed = parse(payload)
            if not parsed:
                self._note("damaged", "%s got %r on %s" % (reader_name, payload[:60], topic))
                return
            publisher, sequence = parsed
            stream = self.streams.get(publisher)
            if not stream or stream.topic != topic or sequence < 1:
                self._note("invented", "%s got %s %d on %s, which nobody sent" % (reader_name, publisher, sequence, topic))
                return
            counts = reader.counts[publisher]
            counts[sequence] += 1
            if counts[sequence] > 1:
                qos = min(reader.qos, stream.qos)
                reader.doubled[qos] += 1
                if qos == 2:
                    self._note("twice", "%s got %s %d %d times at QoS 2" % (reader_name, publisher, sequence, counts[sequence]))
            elif sequence < reader.highest[publisher]:
                self._note("order", "%s got %s %d for the first time after %d" % (reader_name, publisher, sequence, reader.highest[publisher]))
            reader.highest[publisher] = max(reader.highest[publisher], sequence)

    def missing(self):
        """How many arrivals are still awaited of what was acknowledged in this round."""
        with self.lock:
            return sum(1 for reader in self.readers.values() for stream in self.streams.values()
                       for n in range(stream.checked + 1, stream.sent + 1)
                       if n in stream.acked and not reader.counts[stream.publisher][n])

    def unacked(self):
        with self.lock:
            return sum(stream.unacked() for stream in self.streams.values())

    def settle(self):
        """Ends a round: names what is missing, forgets it, and returns the counts of the round."""
        with self.lock:
            totals = collections.Counter()
            for stream in self.streams.values():
                fresh = range(stream.checked + 1, stream.sent + 1)
                totals["acked"] += sum(1 for n in fresh if n in stream.acked)
                stuck = [n for n in fresh if n not in stream.acked]
                if stuck:
                    self._note("stuck", "%s was never acknowledged for %s" % (stream.publisher, ranges(stuck)), len(stuck))
                for reader in self.readers.values():
                    counts = reader.counts[stream.publisher]
                    # only here: what a client in another process sent can arrive before the news that it was sent
                    if reader.highest[stream.publisher] > stream.sent:
                        self._note("invented", "%s got %s %d, the last one sent was %d" % (reader.name, stream.publisher, reader.highest[stream.publisher], stream.sent))
                    gone = [n for n in fresh if n in stream.acked and not counts[n]]
                    totals["delivered"] += sum(1 for n in fresh if counts[n])
                    if gone:
                        self._note("lost", "%s (QoS %d) never got %s of %s at QoS %d" % (reader.name, reader.qos, ranges(gone), stream.publisher, stream.qos), len(gone))
                stream.checked = stream.sent
            for reader in self.readers.values():
                totals["again"] += reader.doubled[1]
                reader.doubled.clear()
            violations, self.violations = self.violations, collections.Counter()
            notes, self.notes = self.notes, []
            return totals, violations, notes


def ranges(numbers):
    """1-3,7 for [1, 2, 3, 7]."""
    parts, first = [], None
    for index, n in enumerate(numbers):
        if first is None:
            first = n
        if index + 1 == len(numbers) or numbers[index + 1] != n + 1:
            parts.append("%d-%d" % (first, n) if n > first else str(n))
            first = None
    return ",".join(parts[:6]) + (",..." if len(parts) > 6 else "")
