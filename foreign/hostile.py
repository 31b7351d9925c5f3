"""Bad input by hand: each test mistreats the broker while a well-behaved pair of clients goes on beside it.

The pair must lose nothing and never wait long, the broker must stay up, and its memory must stay within bounds.
The random tests print their seed; FOREIGN_SEED repeats one."""

import contextlib
import multiprocessing
import os
import random
import socket
import ssl
import struct
import time

import raw
from harness import Failed, at_end, check, equal, main, target, test, topic, unique, wait_until
from raw import Closed, Raw, Silence, connect_packet, frame, publish_packet, subscribe_packet, text

SEED = int(os.environ.get("FOREIGN_SEED", str(int(time.time()))))
RSS_MB_MAX = int(os.environ.get("FOREIGN_RSS_MB_MAX", "1500"))
WITNESS_WAIT_SECONDS_MAX = 5.0  # generous: the machine may be loaded, a broker that hangs is slower still


def rss_mb():
    """Resident memory of the broker's process and those below it, in MB; 0 when its pid is not known."""
    total, todo = 0, [target.pid] if target.pid else []
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            with open("/proc/%d/status" % pid) as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, task)) as f:
                    todo += [int(child) for child in f.read().split()]
    return total // 1024


class Witness:
    """A publisher and a subscriber that behave: QoS 1 messages one by one, each must come back in time.

    They live in a process of their own, so that what keeps this one busy does not slow them down."""

    def __enter__(self):
        self.stop, self.count = multiprocessing.Event(), multiprocessing.Value("i", 0)
        self.longest, self.faults = multiprocessing.Value("d", 0.0), multiprocessing.SimpleQueue()
        self.process = multiprocessing.Process(target=self._guarded, daemon=True)
        self.process.start()
        return self

    def _guarded(self):
        try:
            self._run()
        except Exception as error:
            self.faults.put(repr(error))

    def _run(self):
        t = topic("witness")
        a, b = Raw(target.host, target.tcp, 5, 10), Raw(target.host, target.tcp, 4, 10)
        try:
            a.connect(unique("witness"))
            b.connect(unique("witness"))
            b.subscribe((t, 1))
            while not self.stop.is_set():
                started = time.monotonic()
                a.publish(t, str(self.count.value), 1)
                m = b.message()
                if m.payload != b"%d" % self.count.value:
                    raise Failed("expected message %d, got %r" % (self.count.value, m.payload))
                self.longest.value = max(self.longest.value, time.monotonic() - started)
                self.count.value += 1
                time.sleep(0.01)
        finally:
            a.close()
            b.close()

    def __exit__(self, kind, _error, _trace):
        goal, end = self.count.value + 5, time.monotonic() + 10  # some messages must come back after the mistreatment as well
        while not kind and self.count.value < goal and self.process.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        self.stop.set()
        self.process.join(15)
        if self.process.is_alive():
            self.process.kill()
        if kind:
            return
        check(self.faults.empty(), lambda: "the well-behaved clients saw: %s" % self.faults.get())
        check(self.count.value >= goal, "the well-behaved clients got %d messages through, and less than 5 afterwards" % self.count.value)
        check(self.longest.value <= WITNESS_WAIT_SECONDS_MAX, "a well-behaved message took %.1f s" % self.longest.value)
        memory = rss_mb()
        check(memory <= RSS_MB_MAX, "the broker takes %d MB" % memory)


def hostile(name, **options):
    """Declares a test that runs beside a Witness."""

    def mark(function):
        def run():
            with Witness():
                function()
            probe = Raw(target.host, target.tcp)
            at_end(probe.close)
            probe.connect(unique("probe"))

        test(name, **options)(run)
        return function

    return mark


def plain(port=None):
    s = socket.create_connection((target.host, port or target.tcp), 5)
    s.settimeout(5)
    at_end(s.close)
    return s


def push(s, data):
    """Sends; that the broker hangs up meanwhile is what one expects here."""
    with contextlib.suppress(OSError):
        s.sendall(data)


def answered(s, seconds):
    """Whether the first byte, or the end of the connection, comes within so many seconds."""
    s.settimeout(seconds)
    try:
        s.recv(1)
        return True
    except socket.timeout:
        return False
    except OSError:
        return True


def hung_up(s, seconds):
    """Whether the broker ends the connection within so many seconds."""
    s.settimeout(seconds)
    try:
        while s.recv(65536):
            pass
        return True
    except socket.timeout:
        return False
    except OSError:
        return True


def connected(version=5, **options):
    c = Raw(target.host, target.tcp, version)
    at_end(c.close)
    c.connect(unique("bad"), **options)
    return c


@hostile("garbage instead of CONNECT, 300 connections (seed %d)" % SEED)
def garbage():
    rng = random.Random(SEED)
    for _ in range(300):
        s = plain()
        push(s, rng.randbytes(rng.randrange(1, 400)))
        s.close()


@hostile("garbage after CONNECT, 300 connections (seed %d)" % SEED)
def garbage_connected():
    rng = random.Random(SEED)
    for n in range(300):
        s = plain()
        push(s, connect_packet(unique("g"), 4 + n % 2) + rng.randbytes(rng.randrange(1, 400)))
        s.close()


@hostile("2,000 valid packets with some bytes changed (seed %d)" % SEED)
def mutated():
    rng = random.Random(SEED)
    samples = [
        connect_packet("m", will=("w", b"x", 1, True, {"will_delay": 3}), props={"session_expiry": 0, "user": [("a", "b")]}, user="u", password="p"),
        publish_packet("fuzz/x", b"payload", 2, props={"topic_alias": 1, "message_expiry": 3, "user": [("a", "b")]}),
        subscribe_packet([("fuzz/+/#", 2), ("$share/g/x", 1)], props={"subscription_id": 5}),
        raw.unsubscribe_packet(["fuzz/+/#"]), raw.ack_packet(raw.PUBREL, 1), raw.ack_packet(raw.PUBACK, 9),
        frame(raw.DISCONNECT, 0, b"\x04" + raw.properties({"reason_string": "x"})), frame(raw.AUTH, 0, b"\x18" + raw.properties({"auth_method": "x"}))]
    for _ in range(2000):
        sample = bytearray(rng.choice(samples))
        for _ in range(rng.randrange(1, 4)):
            sample[rng.randrange(len(sample))] = rng.randrange(256)
        s = plain()
        push(s, (b"" if sample[0] >> 4 == 1 else connect_packet(unique("m"))) + bytes(sample) + b"\xc0\x00")
        s.close()


@hostile("half packets: a conversation cut at every byte")
def half_packets():
    whole = (connect_packet(unique("half"), will=(topic("will"), "x", 1, False, {})) + subscribe_packet([("half/#", 2)])
             + publish_packet("half/x", b"y" * 50, 2) + b"\xe0\x00")
    for n in range(len(whole)):
        s = plain()
        push(s, whole[:n])
        s.close()


@hostile("slowloris: 300 connections with a byte of CONNECT each second, new clients still get in")
def slowloris():
    slow = [plain() for _ in range(300)]
    data = connect_packet("slowloris" * 20)
    for second in range(6):
        for s in slow:
            push(s, data[second:second + 1])
        started = time.monotonic()
        connected().close()
        check(time.monotonic() - started < WITNESS_WAIT_SECONDS_MAX, "a new client waited %.1f s" % (time.monotonic() - started))
        time.sleep(1)


@hostile("no CONNECT at all: the broker hangs up", known={"mosquitto": "waits a minute and a half"})
def no_connect():
    silent, dripping = plain(), plain()
    started = time.monotonic()
    data = connect_packet("drip" * 50)
    for n in range(45):
        push(dripping, data[n:n + 1])
        if hung_up(silent, 1):
            break
    else:
        raise Failed("a silent connection stays open for %d s" % (time.monotonic() - started))
    check(hung_up(dripping, 10), "a connection that drips its CONNECT stays open")


@hostile("a length of 268,435,455 bytes, before and after CONNECT, 100 connections each")
def huge_length():
    held = []
    for n in range(200):
        s = plain()
        if n % 2:
            push(s, connect_packet(unique("huge"), 4 + n % 4 // 2))
        push(s, (b"\x30" if n % 2 else b"\x10") + b"\xff\xff\xff\x7f" + b"\x00\x04MQTT\x05\x02\x00\x00" + b"\x00" * 20000)
        held.append(s)


@hostile("a PUBLISH of 268 MB that really comes, on 2 connections")
def huge_publish():
    chunk = b"\x00" * 1_000_000
    for _ in range(2):
        s = plain()
        s.settimeout(10)
        try:
            s.sendall(connect_packet(unique("huge"), 4) + b"\x30" + raw.varint(268_000_000) + text("huge/topic"))
            for _ in range(267):
                s.sendall(chunk)
        except OSError:
            pass
        s.close()


@hostile("topics of 65,535 bytes: flat, 65,535 levels, filters of that many +")
def long_topics():
    c = connected()
    for name in ("x" * 65535, "/" * 65535, "a/" * 32767):
        c.send(publish_packet(name, "far", 0))
        c.send(subscribe_packet([(name, 0)], 1))
        c.send(b"\xc0\x00")
        with contextlib.suppress(Closed, Silence):
            while c.packet().type != raw.PINGRESP:
                pass
        c.close()
        c = connected()
    for f in ("+/" * 32767 + "#", "/".join(["+"] * 32768)):
        c = connected()
        push(c.socket, subscribe_packet([(f, 0)]))
        for _ in range(20):
            push(c.socket, publish_packet("a/" * 32767 + "a", "x", 0))
        with contextlib.suppress(Closed, Silence, AssertionError):
            c.expect(raw.SUBACK)


@hostile("many depths of + and # on one topic: matching must not explode")
def wildcard_bomb():
    c = connected()
    depth = 12
    base = unique("boom")
    filters = ["/".join([base] + ["+" if n >> k & 1 else "a" for k in range(depth)]) for n in range(1 << depth)]
    for n in range(0, len(filters), 512):
        c.subscribe(*[(f, 0) for f in filters[n:n + 512]])
    started = time.monotonic()
    c.send(publish_packet("/".join([base] + ["a"] * depth), "x", 0) + b"\xc0\x00")
    got = 0
    while True:
        packet = c.packet(20)
        if packet.type == raw.PINGRESP:
            break
        got += 1
    check(got >= 1, "nothing was delivered")
    check(time.monotonic() - started < 10, "one message with %d matching filters took %.1f s" % (len(filters), time.monotonic() - started))
    for n in range(0, len(filters), 512):
        c.unsubscribe(*filters[n:n + 512])


@hostile("subscription bomb: 100,000 filters of one client, 20,000 in one packet")
def subscription_bomb():
    c = connected()
    base = unique("subs")
    with contextlib.suppress(Closed, Silence, OSError, AssertionError):  # a broker may refuse so many, and must survive it
        c.socket.settimeout(20)
        c.send(subscribe_packet([("%s/one/%d" % (base, n), 1) for n in range(20_000)]))
        c.expect(raw.SUBACK, 20)
        for part in range(80):
            c.subscribe(*[("%s/%d/%d/+" % (base, part, n), 1) for n in range(1000)])
    c.close()


@hostile("10,000 connections one after the other, half of them with CONNECT")
def connect_and_close():
    for n in range(10_000):
        s = socket.create_connection((target.host, target.tcp), 5)
        if n % 2:
            push(s, connect_packet("flood-%d" % (n % 100), 4))
        if n % 5 == 0:  # a reset instead of an orderly end
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()


@hostile("1,000 open connections that say nothing")
def crowd():
    for _ in range(1000):
        plain()
    connected()


@hostile("a subscriber that never reads, 100 MB sent to it at QoS 0 and 1")
def no_reader():
    t = topic("deaf")
    deaf = connected()
    deaf.subscribe((t, 1))
    sender = connected()
    sender.socket.settimeout(20)
    payload = b"x" * 100_000
    for n in range(1000):
        sender.send(publish_packet(t, payload, n % 2, packet_id=n + 1))
        if n % 2:
            sender.answer(raw.PUBACK)


@hostile("a client that never acknowledges, 5,000 messages for it")
def no_acks():
    t = topic("stubborn")
    stubborn = connected()
    stubborn.subscribe((t, 2))
    sender = connected()
    for n in range(0, 5000, 10):
        for k in range(10):
            sender.send(publish_packet(t, b"y" * 1000, 1, packet_id=n + k + 1))
        for _ in range(10):
            sender.answer(raw.PUBACK)


@hostile("5,000 user properties in one PUBLISH, and in one SUBSCRIBE")
def property_bomb():
    t = topic("props")
    c = connected()
    c.subscribe((t, 1))
    with contextlib.suppress(Closed, Silence, OSError, AssertionError):
        c.publish(t, "x", 1, user=[("k%d" % n, "v") for n in range(5000)])
        c.message()
    c = connected()
    with contextlib.suppress(Closed, Silence, OSError, AssertionError):
        c.subscribe((t, 1), user=[("k%d" % n, "v") for n in range(5000)])


@hostile("20,000 retained messages by one client, then removed")
def retained_bomb():
    base = unique("retained-bomb")
    c = connected(4)
    for payload in ("x" * 100, ""):
        for n in range(0, 20_000, 500):
            c.send(b"".join(publish_packet("%s/%d" % (base, n + k), payload, 0, retain=True, version=4) for k in range(500)))
        c.send(b"\xc0\x00")
        c.expect(raw.PINGRESP, 20)


@hostile("500 take-overs of one client id as fast as possible")
def take_over_flood():
    name = unique("fought")
    fighters = []
    for _ in range(500):
        fighters.append(plain())
        push(fighters[-1], connect_packet(name, 5, clean=False, props={"session_expiry": 5}))
    # Which of these comes last is the broker's affair: connections have no order among each other. So wait until each has its
    # answer, CONNACK or the end; then nobody is left who could take the id from the one that comes now.
    for s in fighters:
        check(answered(s, 10), "a CONNECT got no answer in 10 s")
    last = Raw(target.host, target.tcp)
    at_end(last.close)
    last.connect(name, clean=True)
    last.send(b"\xc0\x00")
    last.expect(raw.PINGRESP)
    for s in fighters:
        check(hung_up(s, 5), "a connection outlived the loss of its client id")


@hostile("ill-used packet order: acknowledgements nobody asked for, packets of a server", known={"mosquitto": "2.0.11 takes a SUBACK from a client"})
def wrong_order():
    for version in (4, 5):
        for kind in (raw.PUBACK, raw.PUBREC, raw.PUBREL, raw.PUBCOMP):
            c = connected(version)
            for n in (1, 7, 65535):
                push(c.socket, raw.ack_packet(kind, n))
            c.close()
        for kind in (raw.CONNACK, raw.SUBACK, raw.UNSUBACK, raw.PINGRESP):
            c = connected(version)
            push(c.socket, frame(kind, 0, b"\x00\x01\x00"))
            check(hung_up(c.socket, 5), "%s from a client was taken" % raw.NAMES[kind])


@hostile("TLS port: garbage, a handshake cut short, plain MQTT", needs=("tls",))
def tls_garbage():
    rng = random.Random(SEED)
    for _ in range(50):
        s = plain(target.tls)
        push(s, rng.randbytes(200))
        s.close()
    hello = b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03"
    for _ in range(50):
        push(plain(target.tls), hello)
    for _ in range(20):
        s = plain(target.tls)
        push(s, connect_packet("plain"))
        check(hung_up(s, 5), "plain MQTT on the TLS port keeps the connection open")
    context = ssl.create_default_context(cafile=target.cert("ca.crt"))
    with context.wrap_socket(plain(target.tls), server_hostname="localhost") as s:
        s.sendall(connect_packet("after", 4))
        equal(s.recv(4), b"\x20\x02\x00\x00", "CONNACK over TLS afterwards")


def websocket(key="x3JJHMbDL1EzLkh9GBhXDw==", path=None, protocol="mqtt"):
    s = plain(target.ws)
    push(s, ("GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n" % (path or target.ws_path, key, protocol)).encode())
    return s


def opened_websocket():
    s = websocket()
    head = b""
    while b"\r\n\r\n" not in head:
        data = s.recv(4096)
        check(data, "the WebSocket handshake was refused: %r" % head[:200])
        head += data
    check(b" 101 " in head.split(b"\r\n")[0], "handshake answer %r" % head[:100])
    return s


@hostile("WebSocket: bad handshakes, endless headers", needs=("ws",))
def bad_handshakes():
    for request in (b"GET / HTTP/1.1\r\n\r\n", b"POST /mqtt HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", b"\x10\x00", b"GET /mqtt HTTP/9.9\r\n\r\n",
                    b"GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"):
        s = plain(target.ws)
        push(s, request)
        s.settimeout(3)
        with contextlib.suppress(OSError):
            check(not s.recv(4096).startswith(b"HTTP/1.1 101"), "upgraded for %r" % request)
    s = plain(target.ws)
    push(s, b"GET /mqtt HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(3000)))
    websocket(path="/somewhere/else")
    websocket(protocol="chat")


@hostile("WebSocket: text frames, unmasked frames, huge lengths, bad opcodes end that connection", needs=("ws",))
def bad_frames():
    for what, data in (
            ("text frame", b"\x81\x85\x00\x00\x00\x00hello"), ("unmasked frame", b"\x82\x02\xc0\x00"),
            ("length of 2^63", b"\x82\xff" + b"\xff" * 8 + b"\x00" * 100), ("length of 2^40", b"\x82\xff\x00\x00\x01" + b"\x00" * 105),
            ("reserved opcode", b"\x83\x80\x00\x00\x00\x00"), ("reserved bits", b"\xf2\x80\x00\x00\x00\x00"),
            ("fragmented ping", b"\x09\x80\x00\x00\x00\x00"), ("continuation of nothing", b"\x80\x81\x00\x00\x00\x00x")):
        s = opened_websocket()
        push(s, data)
        check(hung_up(s, 8), "%s: the connection stays open" % what)


@hostile("WebSocket: CONNECT one byte per frame, empty frames between", needs=("ws",))
def tiny_frames():
    s = opened_websocket()
    for byte in connect_packet(unique("tiny"), 4):
        push(s, b"\x82\x80\x00\x00\x00\x00" + b"\x82\x81\x00\x00\x00\x00" + bytes([byte]))
    got = b""
    with contextlib.suppress(socket.timeout):
        while len(got) < 6:
            got += s.recv(100)
    equal(got[-4:], b"\x20\x02\x00\x00", "CONNACK in a frame")


@test("afterwards: the broker is up and its memory in bounds")
def afterwards():
    if target.pid:
        os.kill(target.pid, 0)
        memory = wait_until(rss_mb, "memory of the broker")
        print("     the broker takes %d MB" % memory)
        check(memory <= RSS_MB_MAX, "the broker takes %d MB" % memory)


main(__file__)
