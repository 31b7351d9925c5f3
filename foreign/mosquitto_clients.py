"""mosquitto_pub, mosquitto_sub and mosquitto_rr of Debian (2.0.11) as a user types them.

With --tools dunlin the same tests drive dunlin pub, sub and rr, which take the same letters."""

import json
import os
import random
import signal
import socket
import sys
import tempfile
import time

from harness import Failed, Process, check, equal, main, run, target, test, topic, unique, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DUNLIN_TOOLS = "--tools=dunlin" in sys.argv
PUB, SUB, RR = ([os.path.join(ROOT, "dunlin"), n] if DUNLIN_TOOLS else ["mosquitto_" + n] for n in ("pub", "sub", "rr"))
MANY = 20 if DUNLIN_TOOLS else 200  # processes at once: each of ours is a JVM
VERSIONS = ("31", "311", "5")
TIMED_OUT = 27


def address(port=None):
    return ["-h", target.host, "-p", str(port or target.tcp)]


def pub(*args, port=None, stdin=None, ok=True, seconds=15):
    code, _, err = run([*PUB, *address(port), *args], seconds, stdin)
    if ok and code != 0:
        raise Failed("mosquitto_pub %s: exit code %d: %s" % (" ".join(args), code, err.strip()))
    return code


def sub_once(*args, port=None, seconds=15):
    """A subscriber to its end (-C, -W or -E must be among args); returns (exit code, stdout)."""
    code, out, _ = run([*SUB, *address(port), *args], seconds)
    return code, out


class Sub(Process):
    """A mosquitto_sub that stays; messages() are lines in the given -F format."""

    def __init__(self, *args, port=None, fmt="%t|%q|%r|%p"):
        super().__init__(["stdbuf", "-oL", *SUB, *address(port), *args, "-d", "-F", "M|" + fmt])
        wait_until(lambda: self.received("SUBACK") or self.process.poll() is not None,
                   "SUBACK for " + " ".join(args))

    def received(self, packet):
        """Whether the debug output (-d) tells of that packet from the broker."""
        return any("received " + packet.lower() in line.lower() for line in list(self.lines))

    def messages(self):
        return [line[2:] for line in list(self.lines) if line.startswith("M|")]

    def expect(self, count, seconds=10):
        wait_until(lambda: len(self.messages()) >= count, "%d messages at mosquitto_sub" % count, seconds)
        return self.messages()


def for_versions(name, versions=VERSIONS, **options):
    """Declares the same test once for each protocol version."""

    def mark(function):
        for version in versions:
            test("%s, -V %s" % (name, version), **options)(lambda v=version: function(v))
        return function

    return mark


@for_versions("every publish QoS to every subscribe QoS")
def qos_matrix(version):
    t = topic()
    subs = [Sub("-V", version, "-q", str(q), "-t", t) for q in (0, 1, 2)]
    for q in (0, 1, 2):
        pub("-V", version, "-q", str(q), "-t", t, "-m", "q%d" % q)
    for granted, sub in enumerate(subs):
        expected = ["%s|%d|0|q%d" % (t, min(granted, q), q) for q in (0, 1, 2)]
        equal(sorted(sub.expect(3)), sorted(expected), "messages at QoS %d" % granted)


@for_versions("retained: stored, replaced, cleared, not flagged for live subscribers")
def retained(version):
    t = topic()
    live = Sub("-V", version, "-t", t)
    for text in ("one", "two"):
        pub("-V", version, "-r", "-q", "1", "-t", t, "-m", text)
    equal(live.expect(2), [t + "|0|0|one", t + "|0|0|two"], "live subscriber")
    equal(sub_once("-V", version, "-t", t, "-C", "1", "-W", "10", "-F", "%r %p"), (0, b"1 two\n"), "late subscriber")
    pub("-V", version, "-r", "-n", "-q", "1", "-t", t)
    code, out = sub_once("-V", version, "-t", t, "-C", "1", "-W", "1")
    equal((code, out), (TIMED_OUT, b""), "after clearing")


@for_versions("retained messages of a whole tree by wildcard")
def retained_tree(version):
    base = topic("tree")
    for n in range(20):
        pub("-V", version, "-r", "-q", "1", "-t", "%s/%d/v" % (base, n), "-m", str(n))
    sub = Sub("-V", version, "-q", "1", "-t", base + "/+/v", fmt="%r %p")
    equal(sorted(sub.expect(20)), sorted("1 %d" % n for n in range(20)), "retained messages")
    code, out = sub_once("-V", version, "-t", base + "/#", "-C", "20", "-W", "10", "--retained-only", "-F", "%p")
    equal((code, len(out.split())), (0, 20), "second reader")
    sub_once("-V", version, "-t", base + "/#", "--remove-retained", "-W", "1")
    wait_until(lambda: sub_once("-V", version, "-t", base + "/#", "-C", "1", "-W", "1")[0] == TIMED_OUT, "removal of all")


@for_versions("will of a client that was killed, at QoS 1, also retained")
def will(version):
    t, w = topic("life"), topic("will")
    watch = Sub("-V", version, "-q", "2", "-t", w)
    dying = Sub("-V", version, "-t", t, "--will-topic", w, "--will-payload", "gone", "--will-qos", "1", "--will-retain")
    dying.kill()  # the process stdbuf execs mosquitto_sub, so this is a kill -9 of the client itself
    equal(watch.expect(1), [w + "|1|0|gone"], "will")
    equal(sub_once("-V", version, "-t", w, "-C", "1", "-W", "10", "-F", "%r %p"), (0, b"1 gone\n"), "retained will")
    pub("-V", version, "-r", "-n", "-t", w)


@for_versions("no will after a clean disconnect")
def no_will(version):
    t, w = topic("life"), topic("will")
    watch = Sub("-V", version, "-t", w)
    leaving = Sub("-V", version, "-t", t, "-C", "1", "--will-topic", w, "--will-payload", "gone")
    pub("-V", version, "-t", t, "-m", "go")
    equal(leaving.wait(), 0, "exit code")
    pub("-V", version, "-t", w, "-m", "marker")
    equal(watch.expect(1), [w + "|0|0|marker"], "messages on the will topic")


@test("v5 will asked for at the disconnect (reason 0x04, which mosquitto_sub sends on SIGINT)")
def will_on_request():
    w = topic("will")
    watch = Sub("-V", "5", "-t", w, fmt="%p")
    leaving = Sub("-V", "5", "-t", topic("life"), "--will-topic", w, "--will-payload", "gone")
    leaving.signal(signal.SIGINT)
    leaving.wait()
    equal(watch.expect(1), ["gone"], "will")


@for_versions("persistent session: queued while away, in order, once")
def persistent(version):
    t, client = topic(), unique("keep")
    session = ["-V", version, "-i", client, "-c", "-t", t, "-q", "2"]
    equal(sub_once(*session, "-E", "-W", "10")[0], 0, "first visit")
    for n in range(6):
        pub("-V", version, "-q", str(1 + n % 2), "-t", t, "-m", "m%d" % n)
    code, out = sub_once(*session, "-C", "6", "-W", "10", "-F", "%q %p")
    lines = out.decode().splitlines()  # QoS 2 shows up after its handshake, so order is compared per QoS
    equal(code, 0, "exit code of the second visit, which printed %s" % lines)
    equal([x for x in lines if x[0] == "1"], ["1 m0", "1 m2", "1 m4"], "QoS 1 of the second visit")
    equal([x for x in lines if x[0] == "2"], ["2 m1", "2 m3", "2 m5"], "QoS 2 of the second visit")
    equal(sub_once(*session, "-C", "1", "-W", "1"), (TIMED_OUT, b""), "third visit")
    run([*SUB, *address(), "-V", version, "-i", client, "-t", t, "-E", "-W", "5"])


@for_versions("clean session forgets subscriptions and messages")
def clean_session(version):
    t, client = topic(), unique("clean")
    equal(sub_once("-V", version, "-i", client, "-c", "-t", t, "-q", "1", "-E", "-W", "10")[0], 0, "persistent visit")
    pub("-V", version, "-q", "1", "-t", t, "-m", "old")
    equal(sub_once("-V", version, "-i", client, "-t", t, "-q", "1", "-C", "1", "-W", "1"), (TIMED_OUT, b""), "clean visit")
    pub("-V", version, "-q", "1", "-t", t, "-m", "new")
    other = topic("other")
    equal(sub_once("-V", version, "-i", client, "-c", "-t", other, "-C", "1", "-W", "1"), (TIMED_OUT, b""), "after it")


@for_versions("1 MB payload at every QoS, byte for byte")
def big_payload(version):
    payload = random.Random(7).randbytes(1_000_000)
    with tempfile.NamedTemporaryFile() as f:
        f.write(payload)
        f.flush()
        for q in ("0", "1", "2"):
            t = topic("big")
            pub("-V", version, "-q", q, "-r", "-t", t, "-f", f.name)
            code, out = sub_once("-V", version, "-q", q, "-t", t, "-C", "1", "-W", "15", "-N", seconds=30)
            equal((code, len(out), out == payload), (0, len(payload), True), "payload at QoS " + q)
            pub("-V", version, "-r", "-n", "-t", t)


@for_versions("empty payload and 65,535-byte topic")
def extremes(version):
    t = topic()
    sub = Sub("-V", version, "-q", "1", "-t", t, fmt="%l")
    pub("-V", version, "-q", "1", "-t", t, "-n")
    equal(sub.expect(1), ["0"], "length of the empty message")
    prefix = topic("long") + "/"
    long_topic = prefix + "x" * (65535 - len(prefix))
    sub = Sub("-V", version, "-q", "1", "-t", prefix + "+", fmt="%p")
    pub("-V", version, "-q", "1", "-t", long_topic, "-m", "far")
    equal(sub.expect(1), ["far"], "message on the longest topic")


def stdin_lines(version, q):
    t = topic("lines")
    sub = Sub("-V", version, "-q", q, "-t", t, fmt="%p")
    pub("-V", version, "-q", q, "-t", t, "-l", stdin="".join("%d\n" % n for n in range(1000)).encode(), seconds=30)
    wait_until(lambda: len(sub.messages()) >= 1000 or sub.process.poll() is not None, "1000 lines", 15)
    equal(sub.messages(), [str(n) for n in range(1000)], "lines (the client said: %s)" % sub.lines[-1])


for _v in VERSIONS:
    for _q in ("0", "1", "2"):
        test("1,000 lines of standard input keep their order, -V %s -q %s" % (_v, _q),
             known={"mosquitto": "2.0.11 and its own client end this with a protocol error"} if (_v, _q) == ("5", "2") else None,
             )(lambda v=_v, q=_q: stdin_lines(v, q))


@for_versions("wildcards, filter-out and several filters")
def wildcards(version):
    base = topic("wild")
    plus = Sub("-V", version, "-t", base + "/+/b", fmt="%p")
    tree = Sub("-V", version, "-t", base + "/#", "-T", base + "/no", fmt="%p")
    two = Sub("-V", version, "-t", base + "/1/b", "-t", base + "/2/c", fmt="%p")
    for name in ("", "/1/b", "/2/b", "/2/c", "/1/2/b", "//b", "/no"):
        pub("-V", version, "-q", "1", "-t", base + name, "-m", name or "root")
    pub("-V", version, "-q", "1", "-t", base + "/2/b", "-m", "last")
    wait_until(lambda: "last" in plus.messages() and "last" in tree.messages(), "last message")
    equal(plus.messages(), ["/1/b", "/2/b", "//b", "last"], "+")
    equal(tree.messages(), ["root", "/1/b", "/2/b", "/2/c", "/1/2/b", "//b", "last"], "#")
    equal(two.expect(2), ["/1/b", "/2/c"], "two filters")


@for_versions("$SYS is there, # does not show it")
def sys_topics(version):
    code, out = sub_once("-V", version, "-t", "$SYS/broker/version", "-C", "1", "-W", "10", "-F", "%r %p")
    equal(code, 0, "exit code of mosquitto_sub on $SYS/broker/version")
    check(out.startswith(b"1 ") and len(out) > 3, "version text: %r" % out)
    everything = Sub("-V", version, "-t", "#", "-t", "+/broker/#", fmt="%t")
    pub("-V", version, "-q", "1", "-t", "foreign/marker", "-m", "x")
    wait_until(lambda: "foreign/marker" in everything.messages(), "marker")
    check(not [m for m in everything.messages() if m.startswith("$")], "a wildcard showed $SYS")


@test("request and response with mosquitto_rr, v5 properties")
def request_response():
    request, answer = topic("request"), topic("answer")
    responder = Sub("-V", "5", "-q", "1", "-t", request, fmt="%R|%D|%p")
    asking = Process([*RR, *address(), "-V", "5", "-q", "1", "-t", request, "-e", answer, "-m", "2+2",
                      "-D", "publish", "correlation-data", "c42", "-W", "10"])
    response_topic, correlation, text = responder.expect(1)[0].split("|")
    equal((response_topic, correlation, text), (answer, "c42", "2+2"), "request")
    pub("-V", "5", "-q", "1", "-t", response_topic, "-m", "4", "-D", "publish", "correlation-data", correlation)
    equal((asking.wait(), asking.lines), (0, ["4"]), "answer")


@test("request and response with mosquitto_rr, v3.1.1")
def request_response_311():
    request, answer = topic("request"), topic("answer")
    responder = Sub("-V", "311", "-t", request, fmt="%p")
    asking = Process([*RR, *address(), "-V", "311", "-t", request, "-e", answer, "-m", "ping", "-W", "10"])
    equal(responder.expect(1), ["ping"], "request")
    pub("-V", "311", "-t", answer, "-m", "pong")
    equal((asking.wait(), asking.lines), (0, ["pong"]), "answer")


@test("v5 publish properties arrive unchanged and in order")
def publish_properties():
    t = topic()
    sub = Sub("-V", "5", "-q", "2", "-t", t, fmt="%P|%C|%R|%D|%F|%p")
    pub("-V", "5", "-q", "2", "-t", t, "-m", "v", "-D", "publish", "user-property", "b", "1",
        "-D", "publish", "user-property", "a", "2", "-D", "publish", "user-property", "b", "3",
        "-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "r/t",
        "-D", "publish", "correlation-data", "id-1", "-D", "publish", "payload-format-indicator", "1")
    equal(sub.expect(1), ["b:1 a:2 b:3|text/plain|r/t|id-1|1|v"], "properties")


@test("v5 properties of a will arrive")
def will_properties():
    t, w = topic("life"), topic("will")
    watch = Sub("-V", "5", "-q", "1", "-t", w, fmt="%P|%C|%p")
    dying = Sub("-V", "5", "-t", t, "--will-topic", w, "--will-payload", "gone", "--will-qos", "1",
                "-D", "will", "user-property", "why", "killed", "-D", "will", "content-type", "text/plain")
    dying.kill()
    equal(watch.expect(1), ["why:killed|text/plain|gone"], "will")


@test("v5 will delay: not sent when the client returns in time, sent afterwards")
def will_delay():
    w, client = topic("will"), unique("delayed")
    watch = Sub("-V", "5", "-t", w, fmt="%p")
    options = ["-V", "5", "-i", client, "-c", "-x", "60", "--will-topic", w, "--will-payload", "gone", "-D", "will", "will-delay-interval", "2"]
    Sub("-t", topic("life"), *options).kill()
    second = Sub("-t", topic("life"), *options)
    time.sleep(2.5)
    equal(watch.messages(), [], "wills after the return")
    second.kill()
    killed = time.monotonic()
    watch.expect(1)
    check(time.monotonic() - killed > 1.5, "the will came after %.1f s instead of 2" % (time.monotonic() - killed))


@test("v5 topic alias of a publisher")
def topic_alias():
    t = topic()
    sub = Sub("-V", "5", "-q", "1", "-t", t)
    pub("-V", "5", "-q", "1", "-t", t, "-m", "same", "--repeat", "5", "-D", "publish", "topic-alias", "3")
    equal(sub.expect(5), [t + "|1|0|same"] * 5, "messages")


@test("v5 message expiry while queued, remaining time on delivery")
def message_expiry():
    t, client = topic(), unique("expiry")
    session = ["-V", "5", "-i", client, "-c", "-x", "60", "-t", t, "-q", "1"]
    equal(sub_once(*session, "-E", "-W", "10")[0], 0, "first visit")
    pub("-V", "5", "-q", "1", "-t", t, "-m", "short", "-D", "publish", "message-expiry-interval", "1")
    pub("-V", "5", "-q", "1", "-t", t, "-m", "long", "-D", "publish", "message-expiry-interval", "60")
    time.sleep(2.1)
    code, out = sub_once(*session, "-C", "1", "-W", "10", "-F", "%p %E")
    equal(code, 0, "exit code")
    text, left = out.decode().split()
    equal(text, "long", "message")
    check(50 <= int(left) <= 58, "remaining expiry should be 60 less the 2 s of waiting, got " + left)


@test("v5 expiry of a retained message")
def retained_expiry():
    t = topic()
    pub("-V", "5", "-q", "1", "-r", "-t", t, "-m", "short", "-D", "publish", "message-expiry-interval", "3")
    equal(sub_once("-V", "5", "-t", t, "-C", "1", "-W", "10")[0], 0, "at once")
    time.sleep(4.1)
    equal(sub_once("-V", "5", "-t", t, "-C", "1", "-W", "1"), (TIMED_OUT, b""), "after it expired")


@test("v5 session expiry ends a session")
def session_expiry():
    t, client = topic(), unique("session")
    session = ["-V", "5", "-i", client, "-c", "-x", "1", "-t", t, "-q", "1"]
    equal(sub_once(*session, "-E", "-W", "10")[0], 0, "first visit")
    pub("-V", "5", "-q", "1", "-t", t, "-m", "lost")
    time.sleep(3)
    equal(sub_once(*session, "-C", "1", "-W", "1"), (TIMED_OUT, b""), "second visit")


@test("v5 retain handling and retain as published")
def retain_options():
    t = topic()
    pub("-V", "5", "-q", "1", "-r", "-t", t, "-m", "kept")
    never = Sub("-V", "5", "-t", t, "-D", "subscribe", "subscription-identifier", "7", "--retain-handling", "never", fmt="%r %p") \
        if retain_handling_known() else None
    as_published = Sub("-V", "5", "-t", t, "--retain-as-published", fmt="%r %p") if retain_handling_known() else None
    plain = Sub("-V", "5", "-t", t, fmt="%r %p")
    pub("-V", "5", "-q", "1", "-r", "-t", t, "-m", "again")
    equal(plain.expect(2), ["1 kept", "0 again"], "plain subscriber")
    if as_published:
        equal(as_published.expect(2), ["1 kept", "1 again"], "retain as published")
        equal(never.expect(1), ["0 again"], "retain handling never")
    pub("-V", "5", "-r", "-n", "-t", t)


def retain_handling_known():
    return b"--retain-handling" in run([*SUB, "--help"])[1]


@test("v5 subscription identifier comes back")
def subscription_identifier():
    t = topic()
    sub = Sub("-V", "5", "-q", "1", "-t", t, "-D", "subscribe", "subscription-identifier", "268435455", fmt="%S %p")
    pub("-V", "5", "-q", "1", "-t", t, "-m", "x")
    equal(sub.expect(1), ["268435455 x"], "identifier")


@for_versions("shared subscription: each message to one member, all members used", versions=("311", "5"))
def shared(version):
    t, group = topic(), unique("group")
    members = [Sub("-V", version, "-q", "1", "-t", "$share/%s/%s" % (group, t), fmt="%p") for _ in range(3)]
    alone = Sub("-V", version, "-q", "1", "-t", t, fmt="%p")
    pub("-V", version, "-q", "1", "-t", t, "-l", stdin="".join("%d\n" % n for n in range(30)).encode())
    alone.expect(30)
    wait_until(lambda: sum(len(m.messages()) for m in members) >= 30, "30 messages over the group")
    equal(sorted(int(x) for m in members for x in m.messages()), list(range(30)), "messages over the group")
    check(all(m.messages() for m in members), "a member got nothing: %s" % [len(m.messages()) for m in members])


@test("output formats: JSON, hexadecimal, length, time")
def formats():
    t = topic()
    pub("-V", "5", "-q", "1", "-r", "-t", t, "-m", "añ\x01", "-D", "publish", "user-property", "k", "v")
    _, out = sub_once("-V", "5", "-t", t, "-C", "1", "-W", "10", "-F", "%j")
    read = json.loads(out)
    equal((read["topic"], read["retain"], read["payloadlen"], read["payload"]), (t, 1, 4, "añ\x01"), "%j")
    _, out = sub_once("-V", "5", "-t", t, "-C", "1", "-W", "10", "-F", "%x %X %l %q %r")
    equal(out, b"61c3b101 61C3B101 4 0 1\n", "%x %X %l %q %r")
    pub("-V", "5", "-r", "-n", "-t", t)


@test("TLS: publish and subscribe with --cafile", needs=("tls",))
def tls():
    for version, extra in (("5", []), ("311", ["--tls-version", "tlsv1.2"]), ("5", ["--tls-version", "tlsv1.3"])):
        options = ["-V", version, "--cafile", target.cert("ca.crt"), *extra]
        t = topic()
        sub = Sub("-q", "2", "-t", t, *options, port=target.tls, fmt="%p")
        pub("-q", "2", "-t", t, "-m", "private", *options, port=target.tls)
        equal(sub.expect(1), ["private"], "over TLS " + " ".join(extra))
        pub("-q", "1", "-t", t, "-m", "plain", "-V", version)
        equal(sub.expect(2)[1], "plain", "from the TCP listener to the TLS one")


@test("TLS: a 1 MB payload", needs=("tls",))
def tls_big():
    payload = random.Random(8).randbytes(1_000_000)
    t = topic("big")
    with tempfile.NamedTemporaryFile() as f:
        f.write(payload)
        f.flush()
        pub("--cafile", target.cert("ca.crt"), "-q", "1", "-r", "-t", t, "-f", f.name, port=target.tls)
        code, out = sub_once("--cafile", target.cert("ca.crt"), "-t", t, "-C", "1", "-W", "15", "-N", port=target.tls, seconds=30)
        equal((code, out == payload), (0, True), "payload")
        pub("-r", "-n", "-t", t)


@test("TLS: the client refuses a server of another CA, and the broker lives on", needs=("tls",))
def tls_wrong_ca():
    check(pub("--cafile", target.cert("other-ca.crt"), "-t", "x", "-m", "x", port=target.tls, ok=False) != 0, "wrong CA was accepted")
    pub("--cafile", target.cert("ca.crt"), "-q", "1", "-t", "x", "-m", "x", port=target.tls)


@test("TLS: plain MQTT to the TLS port fails, TLS to the plain port fails", needs=("tls",))
def tls_mixed_up():
    check(pub("-t", "x", "-m", "x", port=target.tls, ok=False, seconds=40) != 0, "plain MQTT passed on the TLS port")
    check(pub("--cafile", target.cert("ca.crt"), "-t", "x", "-m", "x", ok=False, seconds=40) != 0, "TLS passed on the plain port")


@test("TLS: client certificate required, given, missing, of another CA", needs=("tls_client_cert",))
def client_certificate():
    port = target.tls_client_cert
    ca = ["--cafile", target.cert("ca.crt")]
    mine = ca + ["--cert", target.cert("client.crt"), "--key", target.cert("client.key")]
    t = topic()
    sub = Sub("-q", "1", "-t", t, *mine, port=port, fmt="%p")
    pub("-q", "1", "-t", t, "-m", "signed", *mine, port=port)
    equal(sub.expect(1), ["signed"], "with a certificate")
    check(pub("-q", "1", "-t", t, "-m", "x", *ca, port=port, ok=False, seconds=40) != 0, "no certificate was accepted")
    stranger = ca + ["--cert", target.cert("other-ca.crt"), "--key", target.cert("other-ca.key")]
    check(pub("-q", "1", "-t", t, "-m", "x", *stranger, port=port, ok=False, seconds=40) != 0, "a strange certificate was accepted")
    equal(sub.messages(), ["signed"], "messages in the end")


@test("logins: right, wrong and missing password, with mosquitto's exit codes", needs=("logins",))
def logins():
    for version, refused in (("31", 5), ("311", 5), ("5", 135)):
        base = ["-V", version, "-q", "1", "-t", topic(), "-m", "x"]
        pub(*base, "-u", "alice", "-P", "secret", port=target.logins)
        wrong = pub(*base, "-u", "alice", "-P", "wrong", port=target.logins, ok=False)
        missing = pub(*base, port=target.logins, ok=False)
        bad = {"5": (134, 135)}.get(version, (4, 5))
        check(wrong in bad and missing in bad, "exit codes of -V %s: wrong password %d, none %d" % (version, wrong, missing))


@test("refused connection has exit code 1")
def refused():
    with socket.socket() as s:
        s.bind((target.host, 0))
        equal(pub("-t", "x", "-m", "x", port=s.getsockname()[1], ok=False), 1, "exit code")


@test("unsubscribe with -U")
def unsubscribe():
    a, b = topic("a"), topic("b")
    sub = Sub("-V", "5", "-q", "1", "-t", a, "-t", b, "-U", a, fmt="%p")
    wait_until(lambda: sub.received("UNSUBACK"), "UNSUBACK")
    pub("-q", "1", "-t", a, "-m", "no")
    pub("-q", "1", "-t", b, "-m", "yes")
    equal(sub.expect(1), ["yes"], "messages")


@test("keep-alive: an idle subscriber with -k 5 stays connected")
def keep_alive():
    t = topic()
    sub = Sub("-V", "5", "-k", "5", "-q", "1", "-t", t, fmt="%p")
    time.sleep(9)
    check(sub.received("PINGRESP"), "no PINGRESP seen")
    pub("-q", "1", "-t", t, "-m", "awake")
    equal(sub.expect(1), ["awake"], "messages")


@test("%d subscribers on one topic" % MANY)
def many_subscribers():
    t = topic()
    children = [Process([*SUB, *address(), "-q", "1", "-t", t, "-C", "1", "-W", "50", "-F", "%p"]) for _ in range(MANY)]
    pub("-q", "1", "-r", "-t", t, "-m", "all")  # retained, so that a subscriber who comes late gets it as well
    for child in children:
        equal((child.wait(50), child.lines), (0, ["all"]), "one of the subscribers")
    pub("-r", "-n", "-t", t)


main(__file__)
