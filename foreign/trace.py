"""What `dunlin trace` writes for Wireshark, read by Debian's tshark: its MQTT dissector must find the very packets that Debian's mosquitto
clients exchanged with the broker, also those under TLS, and no password."""

import atexit
import json
import os
import shutil
import signal
import struct

import broker
from harness import NotHere, Process, at_end, check, equal, main, run, test, unique, wait_until
from raw import Raw

DUNLIN = os.path.join(broker.ROOT, "dunlin")
ERROR = "8388608"  # the severity in Wireshark
running = None


def started():
    """A broker for all tests of this suite."""
    global running
    if shutil.which("tshark") is None:
        raise NotHere("tshark is not installed: foreign/install")
    if running is None:
        running = broker.Broker("dunlin")
        atexit.register(running.stop)
        running.__enter__()
    return running


def traced(words, act, enough):
    """Traces while act() runs, until enough(line) holds of a line; returns the lines and the file."""
    b = started()
    path = os.path.join(b.dir, unique("trace") + ".pcapng")
    trace = Process([DUNLIN, "trace", "--data", os.path.join(b.dir, "data"), "--for", "20s", "-o", path] + words)
    wait_until(lambda: any("tracing" in line for line in trace.lines), "the trace does not begin", 30)
    act()
    wait_until(lambda: any(enough(line) for line in trace.lines), lambda: "the trace lacks packets: %s" % trace.lines)
    equal(trace.wait(40), 0, "exit code of dunlin trace")
    return trace.lines, path


def dissected(path, *fields):
    """What tshark finds: for each segment a dict of lists."""
    words = [word for field in fields for word in ("-e", field)]
    code, out, err = run(["tshark", "-n", "-r", path, "-T", "json"] + words, 60)
    equal(code, 0, "exit code of tshark: " + err)
    return [packet["_source"]["layers"] for packet in json.loads(out)]


def mosquitto(tool, *words):
    code, _, err = run([tool, "-h", "127.0.0.1"] + list(words), 20)
    equal(code, 0, "exit code of %s: %s" % (tool, err))


@test("tshark dissects what an MQTT 5 client said, and finds no fault and no password")
def version_5():
    b = started()
    me = unique("v5")
    publish = ["-p", str(b.facts["logins"]), "-V", "5", "-i", me, "-u", "alice", "-P", "secret", "-t", "a/b", "-m", "21.5",
               "-q", "2", "-D", "publish", "content-type", "text/plain", "-D", "publish", "user-property", "site", "7"]
    lines, path = traced(["--client", me, "-n", "8"], lambda: mosquitto("mosquitto_pub", *publish), lambda it: "DISCONNECT" in it)
    check(not any("secret" in line for line in lines), "the password was printed")
    with open(path, "rb") as f:
        content = f.read()
    check(b"secret" not in content and b"***" in content, "the password is in the file")
    packets = dissected(path, "mqtt.msgtype", "mqtt.ver", "mqtt.topic", "mqtt.clientid", "mqtt.property.content_type", "mqtt.qos",
                        "_ws.malformed", "_ws.expert.severity", "tcp.dstport")
    types = [kind for packet in packets for kind in packet.get("mqtt.msgtype", [])]
    equal(types[:6], ["1", "2", "3", "5", "6", "7"], "the kinds of the packets")
    equal(packets[0]["mqtt.ver"], ["5"], "the version")
    equal(packets[0]["mqtt.clientid"], [me], "the client")
    check(any(p.get("mqtt.topic") == ["a/b"] and p.get("mqtt.property.content_type") == ["text/plain"] and p.get("mqtt.qos") == ["2"]
              for p in packets), lambda: "no PUBLISH with its properties: %s" % packets)
    check(not any("_ws.malformed" in p for p in packets), "malformed packets")
    check(not any(ERROR in p.get("_ws.expert.severity", []) for p in packets), lambda: "errors: %s" % packets)
    equal(packets[0]["tcp.dstport"], ["1883"], "the port")


@test("Ctrl-C ends a trace, and the file is written")
def interrupted():
    b = started()
    me = unique("interrupted")
    path = os.path.join(b.dir, unique("trace") + ".json")
    trace = Process([DUNLIN, "trace", "--data", os.path.join(b.dir, "data"), "--topic", "stop/#", "-o", path])
    wait_until(lambda: any("tracing" in line for line in trace.lines), "the trace does not begin", 30)
    mosquitto("mosquitto_pub", "-p", str(b.facts["tcp"]), "-i", me, "-t", "stop/here", "-m", "now")
    wait_until(lambda: any("stop/here" in line for line in trace.lines), lambda: "no packets: %s" % trace.lines)
    trace.signal(signal.SIGINT)
    equal(trace.wait(20), 130, "exit code of dunlin trace")
    with open(path) as f:
        rows = json.load(f)
    equal([(row["packet"], row["topic"], row["fields"]["payload"]) for row in rows], [("PUBLISH", "stop/here", "now")], "the file")
    equal(os.stat(path).st_mode & 0o777, 0o600, "who may read it")
    code, out, err = run([DUNLIN, "trace", "list", "--data", os.path.join(b.dir, "data")], 30)
    equal((code, out.decode().strip()), (0, "There is no trace."), "what is left: " + err)


@test("what went through TLS is in the clear")
def tls():
    b = started()
    me = unique("tls")
    publish = ["-p", str(b.facts["tls"]), "--cafile", os.path.join(b.dir, "ca.crt"), "-i", me, "-t", "under/tls", "-m", "x" * 20000,
               "-q", "1"]
    _, path = traced(["--client", me, "-n", "4"], lambda: mosquitto("mosquitto_pub", *publish), lambda it: "PUBACK" in it)
    packets = dissected(path, "mqtt.msgtype", "mqtt.topic", "mqtt.len", "_ws.malformed")
    check(any(p.get("mqtt.topic") == ["under/tls"] and int(p["mqtt.len"][0]) > 20000 for p in packets), lambda: str(packets)[:500])
    check(not any("_ws.malformed" in p for p in packets), "malformed packets")


@test("a connection that was there before the trace began is read as the version that it has")
def middle():
    b = started()
    me = unique("middle")
    client = Raw("127.0.0.1", b.facts["tcp"], 5)
    at_end(client.close)
    client.connect(me)
    client.subscribe(("m/#", 0))

    def act():
        client.publish("m/1", "yes", 1)

    _, path = traced(["--client", me, "-n", "3"], act, lambda it: "PUBACK" in it)
    packets = dissected(path, "mqtt.msgtype", "mqtt.topic", "mqtt.ver", "_ws.malformed", "frame.comment")
    equal(packets[0].get("mqtt.ver"), ["5"], "the version of the CONNECT that was made up")
    check("made up" in packets[0]["frame.comment"][0], "it does not say that it was made up")
    check(any(p.get("mqtt.topic") == ["m/1"] for p in packets), lambda: "no PUBLISH: %s" % packets)
    check(not any("_ws.malformed" in p for p in packets), "malformed packets")


@test("what breaks the protocol is named with its clause")
def broken():
    b = started()
    me = unique("broken")

    def act():
        client = Raw("127.0.0.1", b.facts["tcp"], 5)
        at_end(client.close)
        client.connect(me)
        client.send(bytes([0x82, 5]) + struct.pack("!HBH", 0, 0, 0))

    _, path = traced(["--client", me, "-n", "5"], act, lambda it: "CLOSED" in it)
    packets = dissected(path, "frame.comment")
    check(any("[MQTT-2.2.1-3]" in text for p in packets for text in p.get("frame.comment", [])), lambda: "no clause: %s" % packets)


if __name__ == "__main__":
    main(__file__)
