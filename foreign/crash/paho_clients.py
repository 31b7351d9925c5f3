"""Publishers and subscribers on paho-mqtt for Python. The client objects outlive every crash of the broker, and so does what they keep in flight."""

import random
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from ledger import body

V311, V5 = mqtt.MQTTv311, mqtt.MQTTv5
SESSION_SECONDS = 86_400
RECONNECT_SECONDS = 0.05


def keep_releases(paho):
    """paho 1.6 forgets at the second of two failed attempts to connect that a QoS 2 message was confirmed by PUBREC, and publishes it anew
    (_messages_reconnect_reset_out): no broker can tell that from a new message. This keeps what paho knew."""
    reset = paho._messages_reconnect_reset_out

    def reset_and_keep():
        confirmed = [m for m in paho._out_messages.values()
                     if m.state in (mqtt.mqtt_ms_wait_for_pubcomp, mqtt.mqtt_ms_resend_pubrel)]
        reset()
        for message in confirmed:
            message.state = mqtt.mqtt_ms_resend_pubrel

    paho._messages_reconnect_reset_out = reset_and_keep


class Client:
    """A persistent session on a thread of its own that reconnects for ever until end(), with one and the same paho object."""

    def __init__(self, name, version, port, ledger):
        self.name, self.version, self.port, self.ledger = name, version, port, ledger
        self.wanted = threading.Event()  # whether it shall be connected
        self.ended = False
        self.ready = False  # connected and set up
        self.met = False  # there was a CONNACK
        self.known = False  # the session is set up and acknowledged: from now on the broker has to have it
        self.paho = mqtt.Client(name, protocol=version, **({} if version == V5 else {"clean_session": False}))
        self.paho.max_inflight_messages_set(0)
        keep_releases(self.paho)
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = self._on_disconnect
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def online(self):
        self.wanted.set()

    def offline(self):
        self.wanted.clear()

    def end(self):
        self.ended = True
        self.wanted.clear()
        self.thread.join(10)

    def _connect(self):
        if self.version == V5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_SECONDS
            properties.ReceiveMaximum = 20
            self.paho.connect("127.0.0.1", self.port, keepalive=30, clean_start=False, properties=properties)
        else:
            self.paho.connect("127.0.0.1", self.port, keepalive=30)

    def _run(self):
        while not self.ended:
            if not self.wanted.wait(0.1):
                continue
            try:
                self._connect()
                while self.wanted.is_set() and self.paho.loop(0.02) == mqtt.MQTT_ERR_SUCCESS:
                    if self.ready:
                        self.turn()
                if not self.wanted.is_set():
                    self._leave()
            except OSError:
                pass
            self.ready = False
            time.sleep(RECONNECT_SECONDS)

    def _leave(self):
        """With a DISCONNECT or without, by the sum of the name: both kinds of absence occur."""
        if sum(self.name.encode()) % 2:
            self.paho.disconnect()
            self.paho.loop(0.02)
        # paho has no public way to cut a connection and keep its state
        self.paho._sock_close()

    def _on_connect(self, _client, _userdata, flags, code, properties=None):
        code = getattr(code, "value", code)
        if code != 0:
            self.ledger.note("session", "%s was refused with code %s" % (self.name, code))
            return
        present = bool(flags["session present"])
        if self.known and not present:
            self.ledger.note("session", "%s: session present = 0, its session was lost" % self.name)
        elif present and not self.met:
            self.ledger.note("session", "%s: session present = 1 at its first connection" % self.name)
        self.met = True
        self.set_up(present)

    def _on_disconnect(self, *_):
        self.ready = False

    def set_up(self, _present):
        self.known = self.ready = True

    def turn(self):
        """Called often while connected, on the client's thread."""


class Publisher(Client):
    def __init__(self, name, version, port, ledger, qos, rate, window=8):
        self.qos, self.rate, self.window = qos, rate, window
        self.running = threading.Event()
        self.pending = {}  # packet id -> number
        self.next_at = 0.0
        self.stream = ledger.add_stream(name, qos)
        super().__init__(name, version, port, ledger)
        self.paho.on_publish = self._on_publish

    def run(self, on):
        (self.running.set if on else self.running.clear)()

    def _on_publish(self, _client, _userdata, mid):
        number = self.pending.pop(mid, None)
        if number:
            self.ledger.acked(self.name, number)

    def turn(self):
        now = time.monotonic()
        self.next_at = max(self.next_at, now - 0.1)
        while self.running.is_set() and len(self.pending) < self.window and self.next_at <= now:
            self.next_at += 1 / self.rate
            number = self.stream.sent + 1
            self.ledger.sent(self.name, number)
            self.pending[self.paho.publish(self.stream.topic, body(self.name, number), self.qos).mid] = number


class Subscriber(Client):
    def __init__(self, name, version, port, ledger, qos, filters):
        self.qos, self.filters = qos, filters
        ledger.add_reader(name, qos)
        super().__init__(name, version, port, ledger)
        self.paho.on_message = lambda _c, _u, m: m.retain or self.ledger.got(self.name, m.topic, m.payload)
        self.paho.on_subscribe = self._on_subscribe

    def set_up(self, present):
        if present and self.known:
            self.ready = True
        else:
            self.paho.subscribe([(f, SubscribeOptions(qos=self.qos)) for f in self.filters] if self.version == V5 else [(f, self.qos) for f in self.filters])

    def _on_subscribe(self, *_):
        self.known = self.ready = True


class Changer(Client):
    """Subscribes to and unsubscribes from its own filters all the time; knows which changes were acknowledged."""

    FILTERS = 24

    def __init__(self, name, version, port, ledger, seed, rate):
        self.random, self.rate = random.Random(seed), rate
        self.running = threading.Event()
        self.state = ["off"] * self.FILTERS  # on, off, or unknown: asked for but not acknowledged
        self.asked = {}  # packet id -> (filter, state)
        self.heard = set()  # what a probe delivered
        self.next_at = 0.0
        super().__init__(name, version, port, ledger)
        self.paho.on_subscribe = self._on_answer
        self.paho.on_unsubscribe = self._on_answer
        self.paho.on_message = lambda _c, _u, m: self.heard.add((m.topic, bytes(m.payload)))

    def filter(self, index):
        return "crash/s/%s/%d" % (self.name, index)

    def run(self, on):
        (self.running.set if on else self.running.clear)()

    def set_up(self, present):
        if self.known and not present:
            self.state = ["off"] * self.FILTERS  # the loss of the session is a violation of its own
        self.asked.clear()
        super().set_up(present)

    def _on_answer(self, _client, _userdata, mid, *_):
        index, state = self.asked.pop(mid, (None, None))
        if index is not None:
            self.state[index] = state

    def turn(self):
        now = time.monotonic()
        if not self.running.is_set() or now < self.next_at or len(self.asked) > 3:
            return
        self.next_at = now + 1 / self.rate
        index = self.random.randrange(self.FILTERS)
        if any(index == other for other, _ in self.asked.values()):
            return
        if self.state[index] != "on":
            wanted, mid = "on", self.paho.subscribe(self.filter(index), 1)[1]
        else:
            wanted, mid = "off", self.paho.unsubscribe(self.filter(index))[1]
        self.state[index] = "unknown"
        self.asked[mid] = (index, wanted)


class Retainer(Client):
    """Publishes rising numbers as retained messages to a few topics; knows the last one sent and acknowledged on each."""

    TOPICS = 8

    def __init__(self, name, version, port, ledger, qos, rate):
        self.qos, self.rate = qos, rate
        self.running = threading.Event()
        self.sent, self.acked, self.pending = [0] * self.TOPICS, [0] * self.TOPICS, {}
        self.next_at, self.turns = 0.0, 0
        super().__init__(name, version, port, ledger)
        self.paho.on_publish = self._on_publish

    def topic(self, index):
        return "crash/r/%s/%d" % (self.name, index)

    def run(self, on):
        (self.running.set if on else self.running.clear)()

    def _on_publish(self, _client, _userdata, mid):
        index, number = self.pending.pop(mid, (None, None))
        if index is not None:
            self.acked[index] = max(self.acked[index], number)

    def turn(self):
        now = time.monotonic()
        if self.running.is_set() and now >= self.next_at and len(self.pending) < 3:
            self.next_at = now + 1 / self.rate
            self.turns += 1
            index = self.turns % self.TOPICS
            self.sent[index] += 1
            mid = self.paho.publish(self.topic(index), b"%d" % self.sent[index], self.qos, retain=True).mid
            self.pending[mid] = (index, self.sent[index])


class Visitor:
    """A short connection for one question; everything within `seconds`, or it raises."""

    def __init__(self, port, client_id, clean=True, seconds=10):
        self.end = time.monotonic() + seconds
        self.present, self.subscribed, self.published, self.messages = None, False, 0, []
        self.paho = mqtt.Client(client_id, clean_session=clean, protocol=V311)
        self.paho.on_connect = lambda _c, _u, flags, _rc: setattr(self, "present", bool(flags["session present"]))
        self.paho.on_subscribe = lambda *_: setattr(self, "subscribed", True)
        self.paho.on_publish = lambda *_: setattr(self, "published", self.published + 1)
        self.paho.on_message = lambda _c, _u, m: self.messages.append(m)
        self.paho.connect("127.0.0.1", port)
        self.until(lambda: self.present is not None, "CONNACK")

    def until(self, condition, what):
        while not condition():
            if time.monotonic() > self.end:
                raise RuntimeError("no %s in time" % what)
            if self.paho.loop(0.02) != mqtt.MQTT_ERR_SUCCESS:
                raise RuntimeError("the connection ended before the %s" % what)

    def subscribe(self, topic_filter, qos):
        self.subscribed = False
        self.paho.subscribe(topic_filter, qos)
        self.until(lambda: self.subscribed, "SUBACK")

    def publish(self, topics, payload, qos):
        self.published = 0
        self.paho.max_inflight_messages_set(0)
        keep_releases(self.paho)
        for topic in topics:
            self.paho.publish(topic, payload, qos)
        self.until(lambda: self.published == len(topics), "PUBACK")

    def quiet(self, seconds):
        """Reads until nothing came for that long."""
        count, since = len(self.messages), time.monotonic()
        while time.monotonic() - since < seconds:
            self.paho.loop(0.02)
            if len(self.messages) != count:
                count, since = len(self.messages), time.monotonic()

    def close(self):
        self.paho.disconnect()
        self.paho.loop(0.02)
