"""Attacks from one address on a broker with a heap of 256 MB, while a good client at another address goes on with its work.

The good client sends QoS 1 messages one by one and waits for each. It must go on all the time, the memory of the broker must stay
within the heap and what a JVM takes beside it, and what was refused must show in a counter and in a line of the log that names who it
was. Each test prints what the good client saw (p50, p99, longest) and the broker's memory before, at most and after.

The suite starts a broker of its own: the limits are the defaults, but for those that would take long to reach (see CONF)."""

import atexit
import base64
import contextlib
import multiprocessing
import os
import socket
import ssl
import struct
import threading
import time
import zlib

import broker
import raw
from harness import Failed, NotHere, at_end, check, equal, main, target, test, unique, wait_until
from raw import Closed, Raw, Silence, connect_packet, publish_packet, subscribe_packet, text, varint

HEAP_MB = 256
OVERHEAD_MB = 350  # code, metaspace, threads, the network's buffers
GOOD, EVIL = "127.0.0.2", "127.0.0.3"
GOOD_WAIT_SECONDS_MAX = 5.0  # generous: the attack itself, the good client and the broker share the machine
QUOTA_EXCEEDED, RATE_EXCEEDED = 0x97, 0x9F

CONF = """\
listeners {{
  tcp {{ type = tcp, bind = "127.0.0.1:{tcp}", allow-anonymous = true }}
  tls {{ type = tls, bind = "127.0.0.1:{tls}", allow-anonymous = true
    tls {{ certfile = "{dir}/server.crt", keyfile = "{dir}/server.key" }} }}
  tls-client-cert {{ type = tcp, bind = "127.0.0.1:{tls_client_cert}", allow-anonymous = true }}
  ws {{ type = ws, bind = "127.0.0.1:{ws}", allow-anonymous = true }}
  wss {{ type = wss, bind = "127.0.0.1:{wss}", allow-anonymous = true
    tls {{ certfile = "{dir}/server.crt", keyfile = "{dir}/server.key" }} }}
  logins {{ type = tcp, bind = "127.0.0.1:{logins}", allow-anonymous = false }}
}}
authentication.users.alice.password = secret
mqtt.connect-timeout = 5s
sys.interval = 1s
log.connections = false
limits {{
  exempt-addresses = []
  max-unauthenticated = 1500
  max-unauthenticated-per-address = 500
  max-tls-handshakes = 200
  max-login-failures = 5
  max-failed-users-per-address = 20
  max-flapping-connects = 50
  flapping-window = 30s
}}
"""


class Attacked(broker.Broker):
    """A broker with a small heap."""

    def _dunlin(self):
        os.environ["DUNLIN_JAVA_OPTS"] = "-Xmx%dm %s" % (HEAP_MB, os.environ.get("DUNLIN_JAVA_OPTS", ""))
        conf = self._write("dunlin.conf", CONF.format(dir=self.dir, **self.facts))
        return [os.path.join(broker.ROOT, "dunlin"), "broker", "-c", conf, "--data", os.path.join(self.dir, "data")]

    def log_text(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()


attacked = None  # the broker, from the first test to the last


def port(name):
    return attacked.facts[name]


def rss_mb():
    """Resident memory of the broker's process and those below it, in MB."""
    total, todo = 0, [attacked.process.pid]
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            with open("/proc/%d/status" % pid) as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))
            for task in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, task)) as f:
                    todo += [int(child) for child in f.read().split()]
    return total // 1024


class GoodClient:
    """Publishes and receives in a process of its own, so that the attack does not slow it down from within."""

    def __enter__(self):
        self.stop, self.count = multiprocessing.Event(), multiprocessing.Value("i", 0)
        self.ours, theirs = multiprocessing.Pipe(False)
        self.process = multiprocessing.Process(target=self._run, args=(theirs,), daemon=True)
        self.process.start()
        self.before = self.peak = rss_mb()
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()
        wait_until(lambda: self.count.value > 5, "the good client does not get going")
        return self

    def _run(self, out):
        times, fault = [], None
        try:
            c = Raw("127.0.0.1", port("tcp"), 5, 20, GOOD)
            c.connect(unique("good"))
            c.subscribe(("good/" + str(os.getpid()), 1))
            while not self.stop.is_set():
                started = time.monotonic()
                c.publish("good/" + str(os.getpid()), str(self.count.value), 1)
                m = c.message()
                if m.payload != b"%d" % self.count.value:
                    raise Failed("expected message %d, got %r" % (self.count.value, m.payload))
                times.append(time.monotonic() - started)
                self.count.value += 1
                time.sleep(0.005)
        except Exception as error:
            fault = repr(error)
        out.send((times, fault))

    def _watch(self):
        while not self.stop.is_set():
            self.peak = max(self.peak, rss_mb())
            time.sleep(0.1)

    def __exit__(self, kind, _error, _trace):
        goal, end = self.count.value + 5, time.monotonic() + 10  # it must go on afterwards as well
        while not kind and self.count.value < goal and self.process.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        self.stop.set()
        times, fault = self.ours.recv() if self.ours.poll(20) else ([], "no answer")
        self.process.join(5)
        self.watcher.join(5)
        if kind:
            return
        check(fault is None, "the good client saw %s" % fault)
        check(len(times) >= goal, "the good client got %d messages through, and less than 5 afterwards" % len(times))
        times.sort()
        print("     good client: %d round trips, p50 %.1f ms, p99 %.1f ms, longest %.0f ms; broker: %d MB before, %d MB at most, %d MB after" % (
            len(times), times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3, times[-1] * 1e3, self.before, self.peak, rss_mb()))
        check(times[-1] <= GOOD_WAIT_SECONDS_MAX, "a good message took %.1f s" % times[-1])
        check(self.peak <= HEAP_MB + OVERHEAD_MB, "the broker took %d MB" % self.peak)


def attack(name, **options):
    """Declares a test that runs beside a GoodClient, on the suite's own broker."""

    def mark(function):
        def run():
            global attacked
            if target.broker not in ("dunlin", "?"):
                raise NotHere("these limits are Dunlin's")
            if attacked is None:
                attacked = Attacked("dunlin")
                atexit.register(attacked.stop)
                attacked.__enter__()
            with GoodClient():
                function()
            check(attacked.process.poll() is None, "the broker has ended")
            check("OutOfMemoryError" not in attacked.log_text(), "the broker ran out of memory")

        test(name, **options)(run)
        return function

    return mark


def figures():
    """What the broker counts of what it refused."""
    c = Raw("127.0.0.1", port("tcp"), 5, 5, GOOD)
    found = {}
    try:
        c.connect(unique("figures"))
        c.subscribe(("$SYS/broker/security/limits/#", 0), ("$SYS/broker/limits/#", 0))
        with contextlib.suppress(Silence):
            while True:
                m = c.message(0.3)
                found[m.topic.removeprefix("$SYS/broker/")] = int(m.payload)
    finally:
        c.close()
    return found


def counted(name, at_least, seconds=5):
    wait_until(lambda: figures().get(name, 0) >= at_least, lambda: "%s is %r instead of %d" % (name, figures().get(name), at_least), seconds)


def logged(*words):
    wait_until(lambda: any(all(word in line for word in words) for line in attacked.log_text().splitlines()), "no line in the log with " + " and ".join(words), 3)


def plain(name="tcp", source=EVIL):
    s = socket.create_connection(("127.0.0.1", port(name)), 5, (source, 0))
    s.settimeout(5)
    at_end(s.close)
    return s


def push(s, data):
    """Sends; that the broker hangs up meanwhile is what one expects here."""
    s.settimeout(5)
    with contextlib.suppress(OSError):
        s.sendall(data)


def hung_up(s, seconds):
    """Whether the broker ends the connection within so many seconds, or has by now."""
    s.settimeout(seconds)
    try:
        while s.recv(65536):
            pass
        return True
    except (socket.timeout, BlockingIOError):
        return False
    except OSError:
        return True


def evil(version=5, source=EVIL, name="tcp", **options):
    c = Raw("127.0.0.1", port(name), version, 20, source)
    at_end(c.close)
    c.connect(options.pop("client_id", unique("evil")), **options)
    return c


def crowd(count, source=EVIL, name="tcp", first=b""):
    """As many connections as the broker takes of so many; returns those that it has not ended once it ends no more of them."""
    made = []
    for _ in range(count):
        with contextlib.suppress(OSError):
            made.append(plain(name, source))
            push(made[-1], first)
    before = None
    while before is None or len(made) < before:
        before = len(made)
        time.sleep(0.7)
        made = [s for s in made if not hung_up(s, 0)]
    return made


@attack("slow CONNECT: 1,500 connections with a byte now and then")
def slow_connect():
    data = connect_packet("slow" * 50)
    held = crowd(1500, first=data[:1])
    check(len(held) <= 500, "%d connections of one address wait without a login" % len(held))
    for n in range(1, 6):
        for s in held:
            push(s, data[n:n + 1])
        time.sleep(0.5)
    left = wait_until(lambda: all(hung_up(s, 0) for s in held), "connections without a CONNECT stay open", 12)
    check(left, "")
    counted("security/limits/refused/unauthenticated-per-address", 900)
    logged("unauthenticated-per-address", EVIL)


@attack("half-open flood: 2,400 connections of 6 addresses say nothing")
def half_open():
    held = []
    for n in range(6):
        held += crowd(400, "127.0.3.%d" % (n + 1))
    check(len(held) <= 1500, "%d connections wait without a login" % len(held))
    counted_later = len(held)
    for s in held:
        s.close()
    check(counted_later > 1000, "only %d connections were taken" % counted_later)
    counted("security/limits/refused/unauthenticated", 500)
    logged("unauthenticated", "1500")


@attack("half-open flood over TLS: 600 handshakes that stop after the first bytes")
def half_open_tls():
    hello = b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03"
    held = crowd(450, name="tls", first=hello)
    check(len(held) <= 200, "%d TLS handshakes are under way" % len(held))
    for s in held:
        s.close()
    counted("security/limits/refused/tls-handshakes", 200)
    logged("tls-handshakes", "200")
    context = ssl.create_default_context(cafile=os.path.join(attacked.dir, "ca.crt"))

    def login():
        with contextlib.suppress(OSError):
            with context.wrap_socket(plain("tls", GOOD), server_hostname="localhost") as s:
                s.sendall(connect_packet(unique("after"), 4))
                return s.recv(4) == b"\x20\x02\x00\x00"
        return False

    wait_until(login, "no TLS login afterwards")


@attack("oversized properties: a CONNECT of 300 KB, millions of user properties and of filters in one packet")
def oversized():
    s = plain()
    push(s, connect_packet("x", props={"user": [("k" * 100, "v" * 60000)] * 5}))
    check(hung_up(s, 5), "a CONNECT of 300 KB was taken")
    s = plain()
    push(s, connect_packet("x", props={"user": [("k", "v")] * 5000}))
    answer = s.recv(100)
    check(answer[:1] == b"\x20" and answer[3] == QUOTA_EXCEEDED, "5,000 user properties in CONNECT: %r" % answer)
    pair = b"\x26\x00\x00\x00\x00"
    many = pair * 3_000_000
    for body, kind in ((text("t") + varint(len(many)) + many, 0x30), (b"\x00\x01\x00" + b"\x00\x01a\x00" * 3_500_000, 0x82)):
        for _ in range(3):
            c = evil()
            c.send(bytes([kind]) + varint(len(body)) + body)
            equal(c.closed(20), QUOTA_EXCEEDED, "reason of the end")


@attack("decompression of nothing: WebSocket's permessage-deflate is declined, a compressed frame ends the connection")
def deflate():
    s = plain("ws")
    push(s, ("GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n"
             "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits\r\n\r\n"
             % base64.b64encode(os.urandom(16)).decode()).encode())
    head = b""
    while b"\r\n\r\n" not in head:
        data = s.recv(4096)
        check(data, "the WebSocket handshake was refused: %r" % head[:200])
        head += data
    check(b" 101 " in head.split(b"\r\n")[0], "handshake answer %r" % head[:100])
    check(b"extensions" not in head.lower(), "an extension was taken: %r" % head)
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflater.compress(bytes(50_000_000)) + deflater.flush()
    push(s, b"\xc2" + b"\xff" + struct.pack("!Q", len(bomb)) + b"\x00" * 4 + bomb)
    check(hung_up(s, 5), "a compressed frame was taken")


@attack("topic bombs: 200,000 different topics, topics of 65,535 bytes and of 30,000 levels")
def topic_bombs():
    c = evil(4)
    for n in range(0, 200_000, 1000):
        c.send(b"".join(publish_packet("bomb/%d/%s" % (n + k, "x" * 50), b"", 0, version=4) for k in range(1000)))
    c.send(b"\xc0\x00")
    c.expect(raw.PINGRESP, 20)
    for name in ("x" * 65535, "a/" * 30000 + "a"):
        c = evil()
        for n in range(200):
            c.send(publish_packet(name[:-3] + "%03d" % n, "x", 0))
        c.send(publish_packet(name, "x", 1))
        code = c.answer(raw.PUBACK).codes[0]
        check(code == 0x90 or "/" not in name, "a topic of %d levels got 0x%02x" % (name.count("/") + 1, code))


@attack("subscription bombs: wide, overlapping and shared filters of 20 clients, 20,000 each")
def subscription_bombs():
    refused = made = 0
    for client in range(20):
        c = evil()
        forms = ("bomb/%d/%d/+/#", "+/%d/%d/#", "$share/g%d/bomb/%d/#", "bomb/%d/+/%d")
        for part in range(20):
            codes = c.subscribe(*[(forms[n % 4] % (client, part * 1000 + n), 1) for n in range(1000)])
            made += sum(code < 0x80 for code in codes)
            refused += sum(code == QUOTA_EXCEEDED for code in codes)
        c.close()  # the subscriptions go with the session, and the next client's come
    keep = [evil() for _ in range(6)]
    for client, c in enumerate(keep):
        for part in range(40):
            codes = c.subscribe(*[("stay/%d/%d/+/#" % (client, part * 1000 + n), 1) for n in range(1000)])
            made += sum(code < 0x80 for code in codes)
            refused += sum(code == QUOTA_EXCEEDED for code in codes)
    print("     %d subscriptions made, %d refused" % (made, refused))
    check(refused > 0, "all were taken")


@attack("retained bombs: 200 MB of retained messages")
def retained_bombs():
    c = evil()
    refused = 0
    for n in range(0, 20_000, 100):
        c.send(b"".join(publish_packet("retained/%d" % (n + k), b"x" * 10_000, 1, True, packet_id=k + 1) for k in range(100)))
        refused += sum(c.answer(raw.PUBACK).codes[0] == QUOTA_EXCEEDED for _ in range(100))
    print("     %d of 20,000 refused" % refused)
    check(refused > 10_000, "only %d were refused" % refused)
    for n in range(0, 20_000, 500):  # those that were kept
        c.send(b"".join(publish_packet("retained/%d" % (n + k), b"", 0, True) for k in range(500)))
    c.send(b"\xc0\x00")
    c.expect(raw.PINGRESP, 20)


@attack("will bombs: 1,500 clients with a will of 60 KB, sent when they have gone for a minute")
def will_bombs():
    refused = 0
    for n in range(1500):
        c = Raw("127.0.0.1", port("tcp"), 5, 20, EVIL)
        at_end(c.close)
        answer = c.connect("bomber-%d" % n, expect=None, props={"session_expiry": 20}, will=("will/%d" % n, b"w" * 60_000, 1, False, {"will_delay": 20}))
        refused += answer.code == QUOTA_EXCEEDED
        c.close()
    print("     %d of 1,500 refused" % refused)
    check(refused > 500, "only %d were refused" % refused)


@attack("password spraying: 400 users from one address, alice meanwhile from another")
def spraying():
    codes = []
    for n in range(400):
        c = Raw("127.0.0.1", port("logins"), 5, 10, EVIL)
        codes.append(c.connect(unique("spray"), expect=None, user="user-%d" % n, password="Summer2026").code)
        c.close()
    asked = sum(code != RATE_EXCEEDED for code in codes)
    check(asked < 60, "%d passwords could be tried" % asked)
    c = Raw("127.0.0.1", port("logins"), 5, 10, GOOD)
    at_end(c.close)
    c.connect(unique("alice"), user="alice", password="secret")
    counted("security/limits/refused/address-backoff", 300)
    logged("address-backoff", EVIL)


@attack("guessing alice's password: she is not locked out elsewhere")
def guessing():
    codes = []
    for n in range(100):
        c = Raw("127.0.0.1", port("logins"), 5, 10, "127.0.0.4")
        codes.append(c.connect(unique("guess"), expect=None, user="alice", password="guess-%d" % n).code)
        c.close()
    asked = sum(code != RATE_EXCEEDED for code in codes)
    check(asked < 20, "%d passwords could be tried" % asked)
    c = Raw("127.0.0.1", port("logins"), 5, 10, GOOD)
    at_end(c.close)
    c.connect(unique("alice"), user="alice", password="secret")
    logged("login-backoff", "127.0.0.4", '"alice"')


@attack("flapping: one client id comes 300 times")
def flapping():
    codes = []
    for _ in range(300):
        c = Raw("127.0.0.1", port("tcp"), 5, 10, EVIL)
        codes.append(c.connect("flapper", expect=None).code)
        c.close()
    equal(codes.count(0), 50, "connects that were taken")
    equal(codes.count(RATE_EXCEEDED), 250, "connects that were refused")
    evil(source=GOOD, client_id="flapper")  # elsewhere the client id is free
    counted("security/limits/refused/flapping", 250)
    logged("flapping", '"flapper"', EVIL)


@attack("half-sent giants: 60 packets of 16 MB, each without its last bytes")
def giants():
    head = b"\x30" + varint(16 * 1024 * 1024 - 10) + text("giant")
    chunk = bytes(1_000_000)
    held = []
    for _ in range(60):
        c = evil()
        held.append(c)
        push(c.socket, head)
        for _ in range(15):
            push(c.socket, chunk)
    ended = sum(hung_up(c.socket, 0) for c in held)
    print("     %d of 60 were disconnected" % ended)
    check(ended >= 50, "only %d were disconnected" % ended)
    c = evil(source=GOOD)
    equal(c.publish("giant", b"x" * 10_000_000, 1) & 0x80, 0, "PUBACK of a whole packet of 10 MB in between")
    counted("limits/partial-packets", 50)


@test("afterwards: the broker takes clients, and stops")
def afterwards():
    global attacked
    if attacked is None:
        raise NotHere("these limits are Dunlin's")
    running, attacked = attacked, None
    try:
        c = Raw("127.0.0.1", running.facts["tcp"], 5, 10, EVIL)
        c.connect(unique("after"))
        c.close()
        print("".join("     " + line + "\n" for line in running.log_text().splitlines() if " WARN " in line)[:3000], end="")
        check(running.stop() in (0, 143), "the broker did not stop cleanly on SIGTERM")
    finally:
        running.stop()


main(__file__)
