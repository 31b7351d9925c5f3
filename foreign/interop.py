"""What the field's public interoperability tests look at, written anew on bare sockets: 3.1.1 and 5 over TCP."""

import threading
import time

import raw
from harness import Failed, at_end, check, equal, main, target, test, topic, unique, wait_until
from raw import (DISCONNECT, PINGREQ, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBACK, Closed, Raw, ack_packet, frame,
                 publish_packet, subscribe_packet)

V = {4: "3.1.1", 5: "5"}


def client(version=5, **options):
    """A connected client. Options as in Raw.connect."""
    connection = opened(version)
    connection.connack = connection.connect(options.pop("client_id", unique("raw")), **options)
    return connection


def opened(version=5, port=None):
    connection = Raw(target.host, port or target.tcp, version)
    at_end(connection.close)
    return connection


def lasting(version, client_id, clean=False, **props):
    """A client whose session outlives the connection."""
    if version == 4 and clean:  # in 3.1.1 a session that starts clean never lasts
        client(4, client_id=client_id).disconnect()
    return client(version, client_id=client_id, clean=clean and version == 5,
                  props=dict({"session_expiry": 600}, **props) if version == 5 else None)


def versions(name, **options):
    def mark(function):
        for version in (4, 5):
            test("%s, v%s" % (name, V[version]), **options)(lambda v=version: function(v))
        return function

    return mark


def messages(connection, count):
    return [connection.message() for _ in range(count)]


def payloads(connection, count):
    return [m.payload.decode() for m in messages(connection, count)]


@versions("basic: subscribe, three QoS, second CONNECT ends the connection")
def basic(version):
    a, t = client(version), topic()
    equal(a.subscribe((t, 2)), [2], "SUBACK")
    for qos in (0, 1, 2):
        a.send(publish_packet(t, "q%d" % qos, qos, packet_id=7, version=version))
        if qos == 0:
            equal(a.message().payload, b"q0", "QoS 0")
    got, acks = {}, []
    while len(got) < 2 or len(acks) < 3:  # the two handshakes may interleave
        packet = a.packet()
        if packet.type == PUBLISH:
            m = a.received(packet)
            got[m.qos] = m.payload
            a.send(ack_packet(PUBACK if m.qos == 1 else PUBREC, m.id))
        elif packet.type == PUBREL:
            a.send(ack_packet(PUBCOMP, int.from_bytes(packet.body[:2], "big")))
        else:
            acks.append(packet.type)
            if packet.type == PUBREC:
                a.send(ack_packet(PUBREL, 7))
    equal((got, sorted(acks)), ({1: b"q1", 2: b"q2"}, [PUBACK, PUBREC, PUBCOMP]), "messages and acknowledgements")
    a.send(raw.connect_packet("again", version))
    check(a.closed() in ((0x82, None) if version == 5 else (None,)), "reason code after a second CONNECT")


@versions("retained messages at every QoS, all cleared afterwards")
def retained_message(version):
    base, a = topic("retained"), client(version)
    for qos, name in enumerate(("TopicA/B", "Topic/C", "TopicA/C")):
        check(a.publish(base + "/" + name, "qos %d" % qos, qos, retain=True) in (0, 0x10), "acknowledgement")
    b = client(version)
    b.subscribe((base + "/+/+", 2))
    equal(sorted((m.payload, m.qos, m.retain) for m in messages(b, 3)), [(b"qos %d" % q, q, True) for q in (0, 1, 2)], "retained")
    for qos, name in enumerate(("TopicA/B", "Topic/C", "TopicA/C")):
        a.publish(base + "/" + name, b"", qos, retain=True)
    c = client(version)
    c.subscribe((base + "/+/+", 2))
    c.nothing()


@versions("offline message queueing: QoS 1 and 2 wait, QoS 0 may")
def offline(version):
    base, name = topic("offline"), unique("offline")
    a = lasting(version, name, clean=True)
    a.subscribe((base + "/#", 2))
    a.disconnect()
    b = client(version)
    for qos in (0, 1, 2):
        b.publish("%s/%d" % (base, qos), "qos %d" % qos, qos)
    a = lasting(version, name)
    equal(a.connack.session_present, True, "session present")
    got = [a.message()]
    while len([m for m in got if m.qos]) < 2:
        got.append(a.message())
    check(sorted(m.qos for m in got) in ([1, 2], [0, 1, 2]), "QoS of the queued messages: %s" % [m.qos for m in got])


@versions("overlapping subscriptions: once at the highest QoS, or once for each", known={"mosquitto": "2.0.11 delivers at the lower QoS"})
def overlapping(version):
    base, a = topic("overlap"), client(version)
    a.subscribe((base + "/#", 2), (base + "/+", 1))
    b = client(version)
    b.publish(base + "/C", "overlapping", 2)
    first = a.message()
    got = [first.qos]
    b.publish(base + "/end/marker", "end", 2)
    while True:
        m = a.message()
        if m.payload == b"end":
            break
        got.append(m.qos)
    check(sorted(got) in ([2], [1, 2]), "QoS of the deliveries: %s" % got)


@versions("keep-alive: a silent client is dropped after one and a half of it, its will is sent")
def keep_alive(version):
    w = topic("will")
    watch = client(version)
    watch.subscribe((w, 2))
    silent = client(version, keep_alive=2, will=(w, "keep-alive expiry", 2, False, {}))
    started = time.monotonic()
    equal(watch.message(10).payload, b"keep-alive expiry", "will")
    took = time.monotonic() - started
    check(2 <= took <= 8, "the will came after %.1f s instead of 3" % took)
    code = silent.closed()
    if version == 5:
        check(code in (0x8D, None), "DISCONNECT reason 0x%02x" % (code or 0))


@versions("keep-alive: pings keep a client")
def pings(version):
    a = client(version, keep_alive=1)
    for _ in range(6):
        time.sleep(0.5)
        a.send(b"\xc0\x00")
        a.expect(PINGRESP)


@versions("redelivery on reconnect: the same packet ids with DUP, order kept, released ones as PUBREL")
def redelivery(version):
    base, name = topic("redelivery"), unique("redelivery")
    a = lasting(version, name, clean=True)
    a.subscribe((base + "/#", 2))
    b = client(version)
    for n, qos in enumerate((1, 2, 2, 1)):
        b.publish("%s/%d" % (base, n), str(n), qos)
    first = [a.message(ack=False) for _ in range(4)]
    equal([(m.qos, m.dup) for m in first], [(1, False), (2, False), (2, False), (1, False)], "first delivery")
    a.send(ack_packet(PUBREC, first[2].id))
    equal(a.answer(PUBREL).id, first[2].id, "PUBREL")
    a.close()
    a = lasting(version, name)
    again, released = [], []
    while len(again) + len(released) < 4:
        packet = a.packet()
        if packet.type == PUBREL:
            released.append(int.from_bytes(packet.body[:2], "big"))
            a.send(ack_packet(PUBCOMP, released[-1]))
        else:
            again.append(a.received(packet))
    equal([(m.id, m.payload, m.qos, m.dup) for m in again], [(first[n].id, first[n].payload, first[n].qos, True) for n in (0, 1, 3)], "resent")
    equal(released, [first[2].id], "resent PUBREL")


@versions("QoS 2 from a client: a duplicate is delivered once, also over a reconnect")
def exactly_once(version):
    t, name = topic(), unique("twice")
    watch = client(version)
    watch.subscribe((t, 2))
    a = lasting(version, name, clean=True)
    a.send(publish_packet(t, "once", 2, packet_id=9, version=version))
    a.answer(PUBREC)
    a.send(publish_packet(t, "once", 2, dup=True, packet_id=9, version=version))
    a.answer(PUBREC)
    a.close()
    a = lasting(version, name)
    a.send(publish_packet(t, "once", 2, dup=True, packet_id=9, version=version))
    a.answer(PUBREC)
    a.send(ack_packet(PUBREL, 9))
    a.answer(PUBCOMP)
    a.publish(t, "end", 2)
    equal(payloads(watch, 2), ["once", "end"], "deliveries")
    a.send(ack_packet(PUBREL, 77))
    answer = a.answer(PUBCOMP)
    check(answer.codes[0] in (0, 0x92), "PUBCOMP of an unknown id: 0x%02x" % answer.codes[0])


@versions("subscribe to a forbidden topic is refused in the SUBACK", needs=("no_subscribe",),
          known={"mosquitto": "its ACL file does not refuse subscriptions, only deliveries"})
def subscribe_failure(version):
    a = client(version)
    equal(a.subscribe((target.no_subscribe, 2)), [0x87 if version == 5 else 0x80], "SUBACK")


@versions("$ topics stay out of wildcards")
def dollar_topics(version):
    a = client(version)
    a.subscribe(("+/+", 2), ("#", 2))
    a.publish("$foreign/" + unique("x"), "hidden", 0)
    m = unique("foreign") + "/end"
    a.send(publish_packet(m, "end", 0, version=version))
    seen = []
    while m not in seen:  # retained messages of other tests may come first
        seen.append(a.message().topic)
    equal([x for x in seen if x.startswith("$")], [], "topics that begin with $")
    own = client(version)
    codes = own.subscribe(("$SYS/broker/#", 0))
    equal(codes, [0], "SUBACK of $SYS/broker/#")
    check(own.message(15).topic.startswith("$SYS/broker/"), "a $SYS topic")


@versions("unsubscribe: three filters, one goes")
def unsubscribe(version):
    base = topic("unsubscribe")
    a, b = client(version), client(version)
    a.subscribe((base + "/A", 2), (base + "/B", 2), (base + "/C", 2))
    codes = a.unsubscribe(base + "/A")
    if version == 5:
        equal(codes, [0], "UNSUBACK")
        equal(a.unsubscribe(base + "/A", base + "/never"), [0x11, 0x11], "UNSUBACK of what is not there")
    for name in "ABC":
        b.publish(base + "/" + name, name, 1)
    equal(payloads(a, 2), ["B", "C"], "messages")


@versions("zero-length client id")
def zero_length_id(version):
    if version == 4:
        refused = opened(4)
        equal(refused.connect("", clean=False, expect=None).code, 2, "CONNACK for a session without a name")
        refused.closed()
    accepted = opened(version)
    answer = accepted.connect("", clean=True)
    if version == 5:
        name = answer.properties.get("assigned_id", "")
        check(name, "no assigned client id")
        accepted.disconnect()
        again = opened(5)
        equal(again.connect(name, clean=False).properties.get("assigned_id"), None, "assigned id when the client brings one")


@versions("take-over: the older connection ends", known={"mosquitto": "2.0.11 closes without DISCONNECT 0x8E"})
def take_over(version):
    name = unique("twin")
    first = client(version, client_id=name)
    second = client(version, client_id=name)
    equal(first.closed(), 0x8E if version == 5 else None, "reason code")
    second.send(b"\xc0\x00")
    second.expect(PINGRESP)


@versions("topics with every depth, empty levels and wildcards in the right places")
def topic_matching(version):
    base = topic("match")
    for name, filters, others in (
            ("a/b/c", ("a/b/c", "a/b/+", "a/+/c", "+/b/c", "a/#", "a/b/c/#", "#", "+/+/+"), ("a/b", "+", "+/+", "a/b/c/d", "A/b/c", "a/+", "b/#")),
            ("a//b", ("a//b", "a/+/b", "a/#", "+//b"), ("a/b", "a/+", "+/b")),
            ("/a", ("/a", "+/a", "/+", "+/+"), ("a", "+")),
            ("a/", ("a/", "a/+", "+/", "a/#"), ("a", "a/+/+"))):
        for f in filters + others:
            a = client(version)
            a.subscribe((base + "/" + f, 1))
            a.publish(base + "/" + name, "hit", 0)
            a.send(b"\xc0\x00")
            hit = a.packet().type == PUBLISH
            equal(hit, f in filters, "%s receives %s" % (f, name))
            a.close()


def refuses(version, data, codes, what):
    """Sends bytes on a connected client; the broker must close, on v5 with one of these reason codes or none.

    It may also stay and refuse a bad filter in the SUBACK."""
    a = client(version)
    a.send(data)
    try:
        packet = a.packet()
        if packet.type == SUBACK and packet.body[-1] >= 0x80:
            return
        a.held.append(packet)
    except (Closed, raw.Silence):
        pass
    try:
        code = a.closed()
    except raw.Silence:
        raise Failed("%s: the connection stays open" % what) from None
    check(code is None or version == 5 and code in codes, "%s: reason code %s" % (what, code and "0x%02x" % code))


def malformed(version):
    """(what is wrong, bytes) for a connected client."""
    props = b"\x00" if version == 5 else b""
    return (
        ("QoS 3", frame(PUBLISH, 6, b"\x00\x01t\x00\x01" + props)),
        ("publish to a wildcard", frame(PUBLISH, 0, b"\x00\x03a/#" + props)),
        ("publish to +", frame(PUBLISH, 0, b"\x00\x03a/+" + props)),
        ("QoS 1 with packet id 0", frame(PUBLISH, 2, b"\x00\x01t\x00\x00" + props)),
        ("topic with U+0000", frame(PUBLISH, 0, b"\x00\x03a\x00b" + props)),
        ("topic that is no UTF-8", frame(PUBLISH, 0, b"\x00\x02\xc3\x28" + props)),
        ("topic with a surrogate", frame(PUBLISH, 0, b"\x00\x03\xed\xa0\x80" + props)),
        ("topic longer than the packet", frame(PUBLISH, 0, b"\x00\x09a")),
        ("subscribe with flags 0", frame(8, 0, b"\x00\x01" + props + b"\x00\x01t\x00")),
        ("subscribe with packet id 0", frame(8, 2, b"\x00\x00" + props + b"\x00\x01t\x00")),
        ("subscribe to nothing", frame(8, 2, b"\x00\x01" + props)),
        ("subscribe with QoS 3", frame(8, 2, b"\x00\x01" + props + b"\x00\x01t\x03")),
        ("unsubscribe from nothing", frame(10, 2, b"\x00\x01" + props)),
        ("filter a#", frame(8, 2, b"\x00\x01" + props + b"\x00\x02a#\x00")),
        ("filter #/a", frame(8, 2, b"\x00\x01" + props + b"\x00\x03#/a\x00")),
        ("filter a+/b", frame(8, 2, b"\x00\x01" + props + b"\x00\x04a+/b\x00")),
        ("PUBREL with flags 0", frame(PUBREL, 0, b"\x00\x01")),
        ("PINGREQ with a body", frame(PINGREQ, 0, b"\x00")),
        ("packet type 0", b"\x00\x00"),
        ("length of five bytes", b"\x30\xff\xff\xff\xff\x01"),
        ("CONNACK from a client", b"\x20\x02\x00\x00"),
        ("DISCONNECT with flags", b"\xe1\x00"))


MALFORMED_CODES = (0x81, 0x82, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x99, 0x9A)

for _version in (4, 5):
    for _what, _data in malformed(_version):
        test("malformed: %s, v%s" % (_what, V[_version]),
             known={"mosquitto": "takes it"} if _what in ("PINGREQ with a body",) else None)(
            lambda v=_version, d=_data, w=_what: refuses(v, d, MALFORMED_CODES, w))


@versions("nothing before CONNECT")
def connect_first(version):
    for data in (b"\xc0\x00", publish_packet("t", "x", version=version), b"\xe0\x00", b"\x00\x00", b"GET / HTTP/1.1\r\n\r\n"):
        a = opened(version)
        a.send(data)
        check(a.closed() in (None, 0x81, 0x82), "after %r" % data)


@test("unsupported protocol levels are refused")
def protocol_levels():
    a = opened(4)
    a.send(frame(1, 0, b"\x00\x04MQTT\x06\x02\x00\x3c\x00\x01x"))
    try:
        body = a.packet().body
        check(body[1] in (1, 0x84), "CONNACK code %d" % body[1])
    except Closed:
        pass
    a = opened(4)
    a.send(frame(1, 0, b"\x00\x04NOPE\x04\x02\x00\x3c\x00\x01x"))
    try:
        check(a.packet().body[1] in (1, 0x84), "CONNACK code")
    except Closed:
        pass


@test("3.1 client (protocol name MQIsdp)")
def protocol_31():
    a = opened(3)
    a.send(raw.connect_packet("old", 3))
    equal(a.expect(raw.CONNACK).body, b"\x00\x00", "CONNACK")
    t = topic()
    a.version = 4
    equal(a.subscribe((t, 2)), [2], "SUBACK")
    client(5).publish(t, "from v5", 2, user=[("k", "v")])
    equal(a.message().payload, b"from v5", "message")


@test("flow control 1: the broker keeps to the client's Receive Maximum", known={"mosquitto": "2.0.11 counts QoS 2 only up to the PUBREC"})
def flow_control_1():
    t = topic()
    for qos in (1, 2):
        slow, b = client(props={"receive_max": 3}), client()
        slow.subscribe((t, qos))
        for n in range(8):
            b.publish(t, str(n), qos)
        held = [slow.message(ack=False) for _ in range(3)]
        slow.nothing()
        got = [m.payload for m in held]
        for m in held:
            if qos == 1:
                slow.send(ack_packet(PUBACK, m.id))
            else:
                slow.send(ack_packet(PUBREC, m.id))
                slow.answer(PUBREL)
                slow.nothing(0.1)  # a QoS 2 message counts until its PUBCOMP
                slow.send(ack_packet(PUBCOMP, m.id))
            got.append(slow.message(ack=False).payload)
        equal(got, [b"%d" % n for n in range(6)], "order at QoS %d" % qos)


@test("flow control 2: a client beyond the broker's Receive Maximum is disconnected with 0x93", known={"mosquitto": "2.0.11 lets it pass"})
def flow_control_2():
    a, t = client(), topic()
    maximum = a.connack.properties.get("receive_max", 65535)
    for n in range(maximum):
        a.send(publish_packet(t, "x", 2, packet_id=n + 1))
    try:
        a.send(publish_packet(t, "x", 2, packet_id=maximum + 1 if maximum < 65535 else 1))
    except OSError:
        pass
    if maximum < 65535:
        equal(a.closed(10), 0x93, "reason code")


@test("will delay: 0 at once, longer than the session ends with the session")
def will_delay():
    w = topic("will")
    watch = client()
    watch.subscribe((w, 2))
    for delay, expiry, low, high in ((0, 0, 0, 1.5), (2, 600, 1.5, 4), (60, 2, 1.5, 4)):
        dying = client(will=(w, "gone", 2, False, {"will_delay": delay}), props={"session_expiry": expiry})
        dying.close()
        started = time.monotonic()
        equal(watch.message(10).payload, b"gone", "will")
        took = time.monotonic() - started
        check(low <= took <= high, "will delay %d, session expiry %d: the will came after %.1f s" % (delay, expiry, took))


@test("will: DISCONNECT 0x04 sends it, 0x00 does not; a retained will is retained; properties arrive")
def will_disconnect():
    w = topic("will")
    watch = client()
    watch.subscribe((w, 2))
    first = client(will=(w, "not", 1, False, {}))
    first.disconnect(0)
    second = client(will=(w, "asked", 1, True, {"content_type": "t", "user": [("a", "1"), ("a", "2")], "message_expiry": 100}))
    second.disconnect(4)
    m = watch.message()
    equal((m.payload, m.properties["content_type"], m.properties["user"], m.retain), (b"asked", "t", [("a", "1"), ("a", "2")], False), "will")
    late = client()
    late.subscribe((w, 1))
    equal((late.message().retain,), (True,), "retained will")
    late.publish(w, b"", 1, retain=True)


@test("maximum packet size: the broker's own is announced and enforced, the client's is kept")
def maximum_packet_size():
    t = topic()
    small, b = client(props={"packet_max": 64}), client()
    small.subscribe((t, 2))
    b.publish(t, "x" * 64, 2)
    b.publish(t, "fits", 2)
    equal(small.message().payload, b"fits", "first message that fits")
    limit = b.connack.properties.get("packet_max", 0)
    if 0 < limit <= 64_000_000:
        b.send(b"\x30" + raw.varint(limit + 10))
        try:
            b.send(b"\x00\x01t\x00")
        except OSError:
            pass
        equal(b.closed(), 0x95, "reason code")


@test("server keep alive: announced or the client's own is kept")
def server_keep_alive():
    a = client(keep_alive=120)
    check(a.connack.properties.get("server_keep_alive", 120) <= 120, "server keep alive")


@test("topic alias from a client: set, used, changed; 0 and too high are errors")
def client_topic_alias():
    a, b, t, u = client(), client(), topic("a"), topic("b")
    highest = a.connack.properties.get("topic_alias_max", 0)
    check(highest > 0, "the broker takes no topic alias")
    b.subscribe((t, 1), (u, 1))
    for name, alias in ((t, 1), ("", 1), (u, 1), ("", 1), (t, highest), ("", highest)):
        equal(a.publish(name, "x", 1, topic_alias=alias), 0, "PUBACK")
    equal([m.topic for m in messages(b, 6)], [t, t, u, u, t, t], "topics")
    refuses(5, publish_packet(t, "x", props={"topic_alias": 0}), (0x81, 0x82, 0x94), "topic alias 0")
    if highest < 65535:
        refuses(5, publish_packet(t, "x", props={"topic_alias": highest + 1}), (0x94,), "topic alias above the maximum")
    refuses(5, publish_packet("", "x", props={"topic_alias": 1}), (0x82, 0x94), "unknown topic alias")
    refuses(5, publish_packet("", "x"), (0x82, 0x90), "empty topic without an alias")


@test("topic alias from the broker: never above the client's maximum, names resolve")
def server_topic_alias():
    base = topic("alias")
    a, b = client(props={"topic_alias_max": 2}), client()
    none = client()
    for c in (a, none):
        c.subscribe((base + "/#", 1))
    names = [base + "/%d" % (n % 4) for n in range(12)]
    for n in names:
        b.publish(n, "x", 1)
    known, seen = {}, []
    for m in messages(a, 12):
        alias = m.properties.get("topic_alias")
        check(alias is None or 1 <= alias <= 2, "alias %s" % alias)
        if m.topic and alias:
            known[alias] = m.topic
        seen.append(m.topic or known[alias])
    equal(seen, names, "topics")
    for m in messages(none, 12):
        check(m.topic and "topic_alias" not in m.properties, "an alias for a client that takes none")


@test("subscription identifiers: each match, and only those; 0 is an error", known={"mosquitto": "takes an identifier in a client's PUBLISH"})
def subscription_identifiers():
    base, a = topic("ids"), client()
    a.subscribe((base + "/#", 2), subscription_id=3)
    a.subscribe((base + "/+", 2), subscription_id=268435455)
    a.subscribe((base + "/x", 2))
    a.publish_from = client()
    a.publish_from.publish(base + "/x", "1", 0)
    found = set()
    while found != {3, 268435455}:
        found |= set(a.message().properties.get("subscription_id", []))
    refuses(5, subscribe_packet([("t", 0)], props={"subscription_id": 0}), (0x81, 0x82), "identifier 0")
    refuses(5, publish_packet("t", "x", props={"subscription_id": [5]}), (0x81, 0x82), "identifier in a client's PUBLISH")


@test("subscribe options: No Local, Retain As Published, Retain Handling; reserved bits are errors", known={"mosquitto": "2.0.11 keeps the old options on a resubscribe"})
def subscribe_options():
    t, b = topic(), client()
    b.publish(t, "kept", 1, retain=True)
    a = client()
    equal(a.subscribe((t, 0x20 | 1)), [1], "retain handling 2")
    a.nothing()
    equal(a.subscribe((t, 0x10 | 1)), [1], "retain handling 1 on an existing subscription")
    a.nothing()
    equal(a.subscribe((t, 0x08 | 0x04 | 1)), [1], "retain as published, no local")
    equal((a.message().retain), True, "retained at subscribe")
    a.publish(t, "own", 1)
    b.publish(t, "flag", 1, retain=True)
    m = a.message()
    equal((m.payload, m.retain), (b"flag", True), "retain as published")
    b.publish(t, b"", 1, retain=True)
    refuses(5, subscribe_packet([("t", 0x30)]), (0x81, 0x82), "retain handling 3")
    refuses(5, subscribe_packet([("t", 0x40)]), (0x81, 0x82), "reserved bit 6")


@test("shared subscriptions: each message once, not retained ones, No Local is an error", known={"mosquitto": "sends retained messages to shared subscriptions"})
def shared_subscriptions():
    t, group, b = topic(), unique("group"), client()
    b.publish(t, "kept", 1, retain=True)
    members = [client() for _ in range(3)]
    for m in members:
        equal(m.subscribe(("$share/%s/%s" % (group, t), 1)), [1], "SUBACK")
        m.nothing(0.1)
    got = []
    for n in range(30):
        b.publish(t, str(n), 1)
    for m in members:
        while True:
            try:
                got.append(int(m.message(0.4).payload))
            except raw.Silence:
                break
    equal(sorted(got), list(range(30)), "messages over the group")
    b.publish(t, b"", 1, retain=True)
    refuses(5, subscribe_packet([("$share/g/t", 0x04)]), (0x82,), "No Local on a shared subscription")
    for bad in ("$share/g", "$share//t", "$share/+/t", "$share/g/"):
        a = client()
        a.send(subscribe_packet([(bad, 0)]))
        packet = a.packet()
        check(packet.type == DISCONNECT or packet.type == SUBACK and packet.body[-1] >= 0x80, "filter %s was taken" % bad)


@test("shared subscription: unacknowledged messages go to another member when one leaves", known={"mosquitto": "loses them"})
def shared_redelivery():
    t, group, b = topic(), unique("group"), client()
    members = [client() for _ in range(2)]
    for m in members:
        m.subscribe(("$share/%s/%s" % (group, t), 1))
    for n in range(10):
        b.publish(t, str(n), 1)
    lost = []
    while True:
        try:
            lost.append(members[0].message(0.5, ack=False).payload)
        except raw.Silence:
            break
    check(lost, "the first member got nothing")
    members[0].close()
    got = []
    try:
        while len(got) < 10:
            got.append(members[1].message(3).payload)
    except raw.Silence:
        pass
    equal(sorted(got), [b"%d" % n for n in range(10)], "messages at the member that stayed")


@test("request and response: response topic, correlation data and response information")
def request_response():
    asks, answers, serves = client(props={"request_response": 1}), topic("answer"), client()
    t = topic("request")
    serves.subscribe((t, 2))
    asks.subscribe((answers, 2))
    asks.publish(t, "2+2", 1, response_topic=answers, correlation=b"\x00\x01")
    m = serves.message()
    equal((m.properties["response_topic"], m.properties["correlation"]), (answers, b"\x00\x01"), "request")
    serves.publish(m.properties["response_topic"], "4", 1, correlation=m.properties["correlation"])
    m = asks.message()
    equal((m.payload, m.properties["correlation"]), (b"4", b"\x00\x01"), "answer")


@test("message expiry: passed on less the waiting, dropped when over, 3.1.1 subscribers too")
def message_expiry():
    t, name, old = topic(), unique("expiry"), unique("expiry")
    for version, n in ((5, name), (4, old)):
        c = lasting(version, n, clean=True)
        c.subscribe((t, 1))
        c.disconnect()
    b = client()
    b.publish(t, "short", 1, message_expiry=1)
    b.publish(t, "long", 1, message_expiry=60)
    time.sleep(2.1)
    m = lasting(5, name).message()
    equal(m.payload, b"long", "first message")
    check(56 <= m.properties["message_expiry"] <= 58, "remaining expiry %d" % m.properties["message_expiry"])
    equal(lasting(4, old).message().payload, b"long", "first message of the 3.1.1 client")


@test("session expiry: none means the end, an update at DISCONNECT counts, from 0 it is an error")
def session_expiry():
    name, t = unique("session"), topic()
    a = client(client_id=name)
    a.subscribe((t, 1))
    a.disconnect()
    b = client(client_id=name, clean=False, props={"session_expiry": 100})
    equal(b.connack.session_present, False, "session present without an expiry")
    b.disconnect(0, session_expiry=0)
    c = client(client_id=name, clean=False)
    equal(c.connack.session_present, False, "session present after an expiry of 0 at DISCONNECT")
    c.send(frame(DISCONNECT, 0, b"\x00" + raw.properties({"session_expiry": 5})))
    check(c.closed() in (None, 0x82), "reason code")
    d = client(client_id=name, clean=False)
    equal(d.connack.session_present, False, "session present after a forbidden update")


@test("payload format and user properties pass through, publish answers 0x10 without subscribers or 0x00")
def pass_through():
    t, a, b = topic(), client(), client()
    check(b.publish(t, "nobody", 1) in (0, 0x10), "PUBACK without subscribers")
    a.subscribe((t, 2))
    pairs = [("a", "1"), ("b", "2"), ("a", "1"), ("", "")]
    b.publish(t, "ü", 2, payload_format=1, content_type="text", user=pairs)
    m = a.message()
    equal((m.properties["payload_format"], m.properties["content_type"], m.properties["user"]), (1, "text", pairs), "properties")


@test("properties that do not belong, twice, or of bad value end the connection", known={"mosquitto": "takes payload format 2"})
def bad_properties():
    for what, data in (
            ("content type twice", publish_packet("t", "x", props={"content_type": ["a", "b"]})),
            ("session expiry in PUBLISH", publish_packet("t", "x", props={"session_expiry": 1})),
            ("payload format 2", publish_packet("t", "x", props={"payload_format": 2})),
            ("response topic with a wildcard", publish_packet("t", "x", props={"response_topic": "a/+"})),
            ("unknown property", frame(PUBLISH, 0, b"\x00\x01t\x02\x7f\x00")),
            ("property length beyond the packet", frame(PUBLISH, 0, b"\x00\x01t\x7f")),
            ("AUTH without a method", frame(15, 0, b"\x18\x00"))):
        refuses(5, data, (0x81, 0x82, 0x8C), what)
    for what, props in (("receive maximum 0", {"receive_max": 0}), ("maximum packet size 0", {"packet_max": 0}),
                        ("request problem 2", {"request_problem": 2}), ("authentication data alone", {"auth_data": b"x"})):
        a = opened(5)
        a.send(raw.connect_packet("bad", props=props))
        try:
            packet = a.packet()
            check(packet.body[1] in (0x81, 0x82), "%s: CONNACK 0x%02x" % (what, packet.body[1]))
        except Closed:
            pass


@test("unknown authentication method is refused with 0x8C")
def unknown_authentication():
    a = opened(5)
    equal(a.connect("auth", expect=None, props={"auth_method": "NO-SUCH-METHOD", "auth_data": b"x"}).code, 0x8C, "CONNACK")


@versions("passwords: right, wrong, missing", needs=("logins",))
def passwords(version):
    for user, password, codes in (("alice", "secret", (0,)), ("alice", "wrong", (0x86, 0x87) if version == 5 else (4, 5)),
                                  (None, None, (0x86, 0x87) if version == 5 else (4, 5)), ("bob", "secret", (0x86, 0x87) if version == 5 else (4, 5))):
        a = opened(version, target.logins)
        code = a.connect(unique("login"), user=user, password=password, expect=None).code
        check(code in codes, "%s/%s: CONNACK 0x%02x" % (user, password, code))


@versions("half packets: one byte at a time works like one write")
def byte_by_byte(version):
    a, t = opened(version), topic()
    data = (raw.connect_packet(unique("slow"), version) + subscribe_packet([(t, 1)], 5, version) + publish_packet(t, "slow", 0, version=version))
    for n in range(len(data)):
        a.send(data[n:n + 1])
    equal(a.packet().type, raw.CONNACK, "first packet")
    equal(a.packet().type, SUBACK, "second packet")
    equal(a.message().payload, b"slow", "message")


@versions("many packets in one write, before the CONNACK came")
def pipelined(version):
    a, t, name = opened(version), topic(), unique("fast")
    a.send(raw.connect_packet(name, version) + subscribe_packet([(t, 0)], 5, version)
           + b"".join(publish_packet(t, str(n), 0, version=version) for n in range(1000)) + b"\xc0\x00")
    a.expect(raw.CONNACK)
    a.expect(SUBACK)
    equal(payloads(a, 1000), [str(n) for n in range(1000)], "messages")
    a.expect(PINGRESP)


@versions("take-over storm: 8 threads fight for 2 ids, QoS 1 of the persistent sessions is not lost")
def take_over_storm(version):
    t, names = topic("storm"), [unique("storm") for _ in range(2)]
    for name in names:
        c = lasting(version, name, clean=True)
        c.subscribe((t, 1))
        c.close()
    seen = {name: set() for name in names}
    stop, lock, faults = threading.Event(), threading.Lock(), []

    def fight(name):
        while not stop.is_set():
            connection = None
            try:
                connection = Raw(target.host, target.tcp, version)
                connection.connect(name, clean=False, props={"session_expiry": 600} if version == 5 else None)
                while not stop.is_set():
                    m = connection.message(0.2)
                    with lock:
                        seen[name].add(m.payload)
            except (Closed, raw.Silence, OSError):
                pass
            except Exception as error:
                faults.append(repr(error))
            finally:
                if connection:
                    connection.close()

    threads = [threading.Thread(target=fight, args=(names[n % 2],), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    sender = client(version)
    for n in range(500):
        sender.publish(t, str(n), 1)
    try:
        wait_until(lambda: all(len(s) == 500 for s in seen.values()), lambda: "500 messages for each, has %s" % [len(s) for s in seen.values()], 20)
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
    faults = [f for f in faults if "got DISCONNECT" not in f]
    equal(faults, [], "faults")


main(__file__)
