"""python3-paho-mqtt as Debian ships it (1.6.1): MQTT 3.1.1 and 5 over TCP, TLS and WebSocket."""

import random
import socket
import ssl
import threading
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from harness import at_end, check, equal, main, target, test, topic, unique, wait_until

V311, V5 = mqtt.MQTTv311, mqtt.MQTTv5
NAMES = {V311: "3.1.1", V5: "5"}


def properties(packet, **values):
    """Properties of a packet; a list as a value means that the property is repeated."""
    result = Properties(getattr(PacketTypes, packet))
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            setattr(result, name, one)
    return result


class Client:
    """A paho client whose callbacks only collect what happened, so that a test can wait for it."""

    def __init__(self, version=V311, client_id=None, clean=True, transport="tcp", tls=False, configure=None):
        self.version, self.clean, self.transport, self.tls = version, clean, transport, tls
        self.id = unique("paho") if client_id is None else client_id
        self.messages, self.subacks, self.unsubacks, self.published, self.disconnects = [], [], [], {}, []
        self.connack = None
        options = {"clean_session": clean} if version != V5 else {}
        self.paho = mqtt.Client(self.id, protocol=version, transport=transport, **options)
        self.paho.on_message = lambda _c, _u, m: self.messages.append(m)
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = lambda _c, _u, rc, *rest: self.disconnects.append(rc)
        self.paho.on_subscribe = lambda _c, _u, mid, granted, *rest: self.subacks.append((mid, [getattr(g, "value", g) for g in granted]))
        self.paho.on_unsubscribe = self._on_unsubscribe
        self.paho.on_publish = lambda _c, _u, mid: self.published.setdefault(mid, True)
        if transport == "websockets":
            self.paho.ws_set_options(path=target.ws_path)
        if tls:
            self.paho.tls_set(ca_certs=target.cert("ca.crt"), cert_reqs=ssl.CERT_REQUIRED)
        if configure:
            configure(self.paho)
        at_end(self.cut)

    def _on_connect(self, _client, _userdata, flags, rc, props=None):
        self.connack = (getattr(rc, "value", rc), bool(flags["session present"]), props)

    def _on_unsubscribe(self, _client, _userdata, mid, props=None, codes=None):
        codes = codes if isinstance(codes, list) else [codes] if codes is not None else []
        self.unsubacks.append((mid, [code.value for code in codes]))

    def port(self):
        return {("tcp", False): target.tcp, ("tcp", True): target.tls,
                ("websockets", False): target.ws, ("websockets", True): target.wss}[(self.transport, self.tls)]

    def connect(self, keep_alive=60, expect=0, **connect_properties):
        options = {}
        if self.version == V5:
            options = {"clean_start": self.clean, "properties": properties("CONNECT", **connect_properties)}
        self.paho.connect(target.host, self.port(), keep_alive, **options)
        self.paho.loop_start()
        wait_until(lambda: self.connack is not None, "CONNACK")
        equal(self.connack[0], expect, "CONNACK code")
        return self

    def session_present(self):
        return self.connack[1]

    def subscribe(self, filters, qos=0, options=None, **subscribe_properties):
        props = properties("SUBSCRIBE", **subscribe_properties) if self.version == V5 else None
        if options:
            _, mid = self.paho.subscribe(filters, options=options, properties=props)
        elif self.version == V5:
            _, mid = self.paho.subscribe(filters, options=SubscribeOptions(qos=qos), properties=props)
        else:
            _, mid = self.paho.subscribe(filters, qos)
        codes = wait_until(lambda: [codes for m, codes in self.subacks if m == mid], "SUBACK")[0]
        return codes[0]

    def unsubscribe(self, filters):
        _, mid = self.paho.unsubscribe(filters)
        return wait_until(lambda: [codes for m, codes in self.unsubacks if m == mid], "UNSUBACK")[0]

    def publish(self, name, payload="x", qos=1, retain=False, **publish_properties):
        """Publishes and waits for the acknowledgement."""
        props = properties("PUBLISH", **publish_properties) if self.version == V5 else None
        info = self.paho.publish(name, payload, qos, retain, properties=props)
        wait_until(lambda: info.mid in self.published, "acknowledgement of a QoS %d publish" % qos)

    def expect(self, count, seconds=10):
        wait_until(lambda: len(self.messages) >= count, lambda: "%d messages, has %d" % (count, len(self.messages)), seconds)
        return list(self.messages)

    def texts(self):
        return [m.payload.decode() for m in list(self.messages)]

    def nothing_more(self, count, via, on):
        """Checks that only count messages came: a marker published by `via` on topic `on` must come next."""
        marker = unique("marker")
        via.publish(on, marker)
        wait_until(lambda: marker in self.texts(), "marker")
        equal(len(self.messages), count + 1, "messages up to the marker: %s" % self.texts())

    def disconnect(self, reason=None, **disconnect_properties):
        if self.version == V5 and (reason is not None or disconnect_properties):
            from paho.mqtt.reasoncodes import ReasonCodes
            code = ReasonCodes(PacketTypes.DISCONNECT, identifier=reason or 0)
            self.paho.disconnect(code, properties("DISCONNECT", **disconnect_properties))
        else:
            self.paho.disconnect()
        self.paho.loop_stop()

    def cut(self):
        """Ends the connection as a crash would: the socket closes without DISCONNECT."""
        self.paho.on_disconnect = None
        self.paho._thread_terminate = True
        sock = self.paho.socket()
        if sock is not None:
            try:
                getattr(sock, "shutdown", getattr(sock, "_socket", sock).shutdown)(socket.SHUT_RDWR)
            except (OSError, AttributeError):
                pass
        self.paho.loop_stop()
        if sock is not None:
            sock.close()


def versions(name, **options):
    def mark(function):
        for version in (V311, V5):
            test("%s, v%s" % (name, NAMES[version]), **options)(lambda v=version: function(v))
        return function

    return mark


def exchange(a, b):
    """Messages both ways between two connected clients at every QoS, payloads byte for byte."""
    for one, other in ((a, b), (b, a)):
        for qos in (0, 1, 2):
            t = topic()
            equal(other.subscribe(t, qos), qos, "granted QoS")
            payload = random.Random(qos).randbytes(5000)
            start = len(other.messages)
            one.publish(t, payload, qos)
            got = other.expect(start + 1)[start]
            equal((got.topic, got.qos, got.retain, got.dup, got.payload == payload), (t, qos, False, False, True), "message")


@versions("QoS 0, 1 and 2 both ways over TCP")
def over_tcp(version):
    exchange(Client(version).connect(), Client(version).connect())


@versions("QoS 0, 1 and 2 both ways over TLS", needs=("tls",))
def over_tls(version):
    exchange(Client(version, tls=True).connect(), Client(version, tls=True).connect())


@versions("QoS 0, 1 and 2 both ways over WebSocket", needs=("ws",))
def over_ws(version):
    exchange(Client(version, transport="websockets").connect(), Client(version, transport="websockets").connect())


@versions("QoS 0, 1 and 2 both ways over secure WebSocket", needs=("wss",))
def over_wss(version):
    exchange(Client(version, transport="websockets", tls=True).connect(), Client(version).connect())


@versions("WebSocket: 60 kB at QoS 2", needs=("ws",))
def ws_big(version):
    a, b = Client(version, transport="websockets").connect(), Client(version, transport="websockets").connect()
    t = topic()
    b.subscribe(t, 2)
    payload = random.Random(9).randbytes(60_000)
    a.publish(t, payload, 2)
    check(b.expect(1)[0].payload == payload, "payload differs")


@test("v3.1.1 client to v5 client and back")
def across_versions():
    exchange(Client(V311).connect(), Client(V5).connect())


@versions("500 messages at each QoS keep their order, none twice")
def order(version):
    a, b = Client(version).connect(), Client(version).connect()
    for qos in (0, 1, 2):
        t = topic()
        b.subscribe(t, qos)
        start = len(b.messages)
        for n in range(500):
            a.paho.publish(t, str(n), qos)
        b.expect(start + 500, 30)
        equal(b.texts()[start:], [str(n) for n in range(500)], "messages at QoS %d" % qos)


@versions("will: on a cut, not on a disconnect")
def will(version):
    watch = Client(version).connect()
    t = topic("will")
    watch.subscribe(t, 2)
    for qos in (0, 1, 2):
        dying = Client(version, configure=lambda c, q=qos: c.will_set(t, "gone%d" % q, q)).connect()
        dying.cut()
        last = watch.expect(qos + 1)[qos]
        equal((last.payload, last.qos), (b"gone%d" % qos, qos), "will")
    leaving = Client(version, configure=lambda c: c.will_set(t, "wrong", 1)).connect()
    leaving.disconnect()
    watch.nothing_more(3, watch, t)


@versions("will: keep-alive runs out")
def will_keep_alive(version):
    watch = Client(version).connect()
    t = topic("will")
    watch.subscribe(t, 1)
    silent = Client(version, configure=lambda c: c.will_set(t, "silent", 1)).connect(keep_alive=2)
    silent.paho._thread_terminate = True  # stops the client's loop; its socket stays open and says nothing
    silent.paho.loop_stop()
    started = time.monotonic()
    watch.expect(1)
    check(1.5 <= time.monotonic() - started <= 8, "the will came after %.1f s, due after 3" % (time.monotonic() - started))


@versions("retained: for new subscriptions, again on resubscribe, cleared by an empty one")
def retained(version):
    a, b = Client(version).connect(), Client(version).connect()
    t = topic()
    a.publish(t, "kept", 1, retain=True)
    b.subscribe(t, 1)
    equal([(m.payload, m.retain, m.qos) for m in b.expect(1)], [(b"kept", True, 1)], "retained message")
    b.subscribe(t, 1)
    equal([m.retain for m in b.expect(2)], [True, True], "on resubscribe")
    a.publish(t, "", 1, retain=True)
    equal((b.expect(3)[2].payload, b.messages[2].retain), (b"", False), "the clearing message")
    late = Client(version).connect()
    late.subscribe(t, 1)
    late.nothing_more(0, a, t)


@test("v5 retain handling 0, 1, 2 and retain as published")
def retain_options():
    a = Client(V5).connect()
    t = topic()
    a.publish(t, "kept", 1, retain=True)
    b = Client(V5).connect()
    b.subscribe(t, options=SubscribeOptions(qos=1, retainHandling=2))
    b.subscribe(t, options=SubscribeOptions(qos=1, retainHandling=1))
    b.nothing_more(0, a, t)
    c = Client(V5).connect()
    c.subscribe(t, options=SubscribeOptions(qos=1, retainHandling=1, retainAsPublished=True))
    c.expect(1)
    a.publish(t, "again", 1, retain=True)
    equal([(m.payload, m.retain) for m in c.expect(2)], [(b"kept", True), (b"again", True)], "retain as published")
    a.publish(t, "", 1, retain=True)


@versions("persistent session: session present, subscriptions and queued messages survive a cut")
def resume(version):
    name, t = unique("session"), topic()
    first = Client(version, name, clean=False).connect(**({"SessionExpiryInterval": 100} if version == V5 else {}))
    equal(first.session_present(), False, "session present at first")
    first.subscribe(t, 2)
    first.cut()
    sender = Client(version).connect()
    for n in range(60):
        sender.publish(t, str(n), 1 + n % 2)
    second = Client(version, name, clean=False).connect(**({"SessionExpiryInterval": 100} if version == V5 else {}))
    equal(second.session_present(), True, "session present on return")
    second.expect(60)
    for qos in (1, 2):
        equal([m.payload.decode() for m in second.messages if m.qos == qos], [str(n) for n in range(60) if 1 + n % 2 == qos],
              "queued messages of QoS %d" % qos)
    second.nothing_more(60, sender, t)
    second.disconnect()
    third = Client(version, name, clean=True).connect()
    equal(third.session_present(), False, "session present after a clean start")
    third.disconnect()
    fourth = Client(version, name, clean=False).connect()
    equal(fourth.session_present(), False, "session present after the clean one")


@test("v5 session expiry: changed at DISCONNECT, and gone when it has run out")
def session_expiry():
    name, t = unique("session"), topic()
    first = Client(V5, name, clean=False).connect(SessionExpiryInterval=100)
    first.subscribe(t, 1)
    first.disconnect(0, SessionExpiryInterval=1)
    wait_for_expiry(2.2)
    second = Client(V5, name, clean=False).connect(SessionExpiryInterval=1)
    equal(second.session_present(), False, "session present after 2 s")
    second.cut()
    third = Client(V5, name, clean=False).connect(SessionExpiryInterval=100)
    equal(third.session_present(), True, "session present at once")


def wait_for_expiry(seconds):
    time.sleep(seconds)  # nothing to observe from outside: an expired session is silent


@versions("take-over: the second client with the same id ends the first")
def take_over(version):
    name, t = unique("twin"), topic()
    first = Client(version, name)
    first.paho.reconnect_delay_set(100, 100)
    first.connect()
    second = Client(version, name).connect()
    wait_until(lambda: list(first.disconnects), "the first client's end")  # paho hides the reason; interop.py looks at it
    second.subscribe(t, 1)
    second.publish(t, "mine", 1)
    equal(second.expect(1)[0].payload, b"mine", "message at the second client")


@test("v5 take-over of a live session keeps its subscriptions and sends the will of none")
def take_over_session():
    name, t, w = unique("twin"), topic(), topic("will")
    watch = Client(V5).connect()
    watch.subscribe(w, 1)
    first = Client(V5, name, clean=False, configure=lambda c: c.will_set(w, "gone", 1, properties=properties("WILLMESSAGE", WillDelayInterval=5)))
    first.paho.reconnect_delay_set(100, 100)
    first.connect(SessionExpiryInterval=100)
    first.subscribe(t, 1)
    second = Client(V5, name, clean=False).connect(SessionExpiryInterval=100)
    equal(second.session_present(), True, "session present")
    watch.publish(t, "still subscribed", 1)
    equal(second.expect(1)[0].payload, b"still subscribed", "message")
    watch.nothing_more(0, watch, w)


@test("v5 assigned client id")
def assigned_id():
    a = Client(V5, "").connect()
    b = Client(V5, "").connect()
    ids = [c.connack[2].AssignedClientIdentifier for c in (a, b)]
    check(ids[0] and ids[1] and ids[0] != ids[1], "assigned client ids: %s" % ids)


@test("v3.1.1 empty client id: accepted when clean, refused with 2 when not")
def empty_id_311():
    Client(V311, "").connect()
    s = socket.create_connection((target.host, target.tcp), 5)
    at_end(s.close)
    s.settimeout(5)
    s.sendall(b"\x10\x0c\x00\x04MQTT\x04\x00\x00\x3c\x00\x00")
    equal(s.recv(4), b"\x20\x02\x00\x02", "CONNACK")
    equal(s.recv(1), b"", "what follows the CONNACK")


@test("v5 subscription identifiers, also of overlapping subscriptions")
def subscription_identifiers():
    base = topic("ids")
    a = Client(V5).connect()
    a.subscribe(base + "/#", 1, SubscriptionIdentifier=1)
    a.subscribe(base + "/+", 2, SubscriptionIdentifier=2)
    a.publish(base + "/one", "x", 2)
    wait_until(lambda: {i for m in list(a.messages) for i in m.properties.SubscriptionIdentifier} == {1, 2}, "both identifiers")
    check(len(a.messages) <= 2, "at most one message per subscription, got %d" % len(a.messages))


@test("v5 No Local")
def no_local():
    t = topic()
    a, b = Client(V5).connect(), Client(V5).connect()
    a.subscribe(t, options=SubscribeOptions(qos=1, noLocal=True))
    a.publish(t, "own", 1)
    b.publish(t, "other", 1)
    equal(a.expect(1)[0].payload, b"other", "first message")


@test("v5 topic alias of the publisher")
def topic_alias():
    t, u = topic("one"), topic("two")
    a, b = Client(V5).connect(), Client(V5).connect()
    check(getattr(a.connack[2], "TopicAliasMaximum", 0) >= 2, "the broker takes no two aliases")
    b.subscribe([(t, SubscribeOptions(qos=1)), (u, SubscribeOptions(qos=1))])
    a.publish(t, "1", 1, TopicAlias=1)
    a.publish("", "2", 1, TopicAlias=1)
    a.publish(u, "3", 1, TopicAlias=1)
    a.publish("", "4", 1, TopicAlias=1)
    equal([(m.topic, m.payload) for m in b.expect(4)], [(t, b"1"), (t, b"2"), (u, b"3"), (u, b"4")], "messages")


@test("v5 all publish properties, order and repetition of user properties")
def publish_properties():
    t = topic()
    a, b = Client(V5).connect(), Client(V5).connect()
    b.subscribe(t, 1)
    pairs = [("b", "1"), ("a", "2"), ("b", "1"), ("ü", "ß")]
    a.publish(t, "v", 1, UserProperty=pairs, ContentType="text/plain", ResponseTopic="r/t", CorrelationData=b"\x00\xff",
              PayloadFormatIndicator=1, MessageExpiryInterval=100)
    got = b.expect(1)[0].properties
    equal(got.UserProperty, pairs, "user properties")
    equal((got.ContentType, got.ResponseTopic, got.CorrelationData, got.PayloadFormatIndicator),
          ("text/plain", "r/t", b"\x00\xff", 1), "properties")
    check(98 <= got.MessageExpiryInterval <= 100, "message expiry of %d" % got.MessageExpiryInterval)


@test("v5 shared subscription over two members, one leaves")
def shared():
    t, group = topic(), unique("group")
    members = [Client(V5).connect() for _ in range(2)]
    sender = Client(V5).connect()
    for m in members:
        m.subscribe("$share/%s/%s" % (group, t), 1)
    for n in range(20):
        sender.publish(t, str(n), 1)
    wait_until(lambda: sum(len(m.messages) for m in members) == 20, "20 messages over the group")
    check(all(m.messages for m in members), "a member got nothing")
    members[0].disconnect()
    before = len(members[1].messages)
    for n in range(10):
        sender.publish(t, str(n), 1)
    members[1].expect(before + 10)


@versions("unsubscribe: nothing more comes")
def unsubscribe(version):
    a, t, u = Client(version).connect(), topic("a"), topic("b")
    a.subscribe(t, 1)
    a.subscribe(u, 1)
    codes = a.unsubscribe(t)
    if version == V5:
        equal(codes, [0], "reason codes")
        equal(a.unsubscribe(topic("none")), [0x11], "reason codes of an unknown filter")
    a.publish(t, "no", 1)
    a.nothing_more(0, a, u)


@test("v5 CONNACK announces what is available")
def announced():
    p = Client(V5).connect().connack[2]
    for name in ("RetainAvailable", "WildcardSubscriptionAvailable", "SubscriptionIdentifierAvailable", "SharedSubscriptionAvailable"):
        equal(getattr(p, name, 1), 1, name)
    equal(getattr(p, "MaximumQoS", 2), 2, "MaximumQoS")
    check(getattr(p, "ReceiveMaximum", 65535) > 0, "ReceiveMaximum of 0")


@test("v5 maximum packet size of the client: larger messages are left out, others arrive")
def maximum_packet_size():
    t = topic()
    small, sender = Client(V5).connect(MaximumPacketSize=200), Client(V5).connect()
    small.subscribe(t, 1)
    sender.publish(t, "x" * 1000, 1)
    sender.publish(t, "fits", 1)
    equal(small.expect(1)[0].payload, b"fits", "first message")


@test("v5 receive maximum 1 of the client: all messages arrive, in order")
def receive_maximum():
    t = topic()
    slow, sender = Client(V5).connect(ReceiveMaximum=1), Client(V5).connect()
    slow.subscribe(t, 2)
    for n in range(100):
        sender.paho.publish(t, str(n), 1)
    slow.expect(100)
    equal(slow.texts(), [str(n) for n in range(100)], "messages")


@versions("QoS 1 publisher cut in the middle: every message arrives after its return")
def publisher_cut(version):
    t, name = topic(), unique("cut")
    watch = Client(version).connect()
    watch.subscribe(t, 1)
    sender = Client(version, name, clean=False)
    sender.connect(**({"SessionExpiryInterval": 100} if version == V5 else {}))
    for n in range(50):
        sender.paho.publish(t, str(n), 1)
    sender.paho.socket().shutdown(socket.SHUT_RDWR)  # paho's loop notices, connects again by itself and resends
    wait_until(lambda: {int(x) for x in watch.texts()} == set(range(50)), lambda: "50 messages, has %s" % watch.texts(), 20)


@versions("20 clients publish and subscribe at once")
def many(version):
    t = topic("many")
    clients = [Client(version).connect() for _ in range(20)]
    for n, client in enumerate(clients):
        client.subscribe("%s/%d" % (t, n), 1)

    def send(n):
        for k in range(50):
            clients[n].paho.publish("%s/%d" % (t, (n + k) % 20), "%d-%d" % (n, k), 1)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: sum(len(c.messages) for c in clients) >= 1000, "1000 messages", 20)
    everything = [x for c in clients for x in c.texts()]
    equal((len(everything), len(set(everything))), (1000, 1000), "messages and different messages")


main(__file__)
