"""dunlin pub, sub and rr beside Debian's mosquitto_pub, _sub and _rr: the same words on the same broker must give the same
standard output and the same exit code, and a subscriber must see the same message. Where they differ on purpose, docs/cli.md says why,
and the case is not here."""

import atexit
import os
import re
import shutil
import tempfile
import time

from harness import Process, check, equal, main, run, target, test, topic, unique, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DUNLIN = os.environ.get("DUNLIN", os.path.join(ROOT, "dunlin"))
NOWHERE = tempfile.mkdtemp(prefix="cli-compare-")
atexit.register(shutil.rmtree, NOWHERE, ignore_errors=True)
os.environ.update(XDG_CONFIG_HOME=NOWHERE, TZ="UTC", LC_ALL="C.UTF-8")
TIMES = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+")
EXPIRY = re.compile(rb'("message-expiry-interval":\t?|E=)[0-9]+')
JSON = '{"a": [1, 2.5, null,true,"x\\u0041"]}'
RICH = ("-D publish content-type text/plain -D publish user-property k1 v1 -D publish user-property k1 v2 -D publish response-topic re/sp"
        " -D publish correlation-data cor -D publish message-expiry-interval 3000 -D publish payload-format-indicator 1")
FIELDS = "%t|%q|%r|%p|%l|%A|%C|%D|E=%E|%F|%P|%R"


def steady(output):
    """Without what differs from run to run: times, and the rest of an expiry."""
    return EXPIRY.sub(rb"\1N", TIMES.sub(b"TIME", output))


def tools(tool):
    return ["mosquitto_" + tool], [DUNLIN, tool]


def expand(words, names):
    return [word.format(**names) if "{" in word and "}" in word and '"' not in word else word for word in words]


def address():
    return ["-h", target.host, "-p", str(target.tcp)]


def theirs_pub(*words, stdin=None):
    code, _, err = run(["mosquitto_pub", *address(), *words], 15, stdin)
    equal(code, 0, "mosquitto_pub %s: %s" % (words, err))


def prepare(base):
    """Retained messages of four kinds below a topic: text, rich, binary, and a deep one."""
    theirs_pub("-r", "-q", "1", "-t", base + "/text", "-m", 'He"l/lo\t\u00e9')
    theirs_pub("-V", "5", "-q", "1", "-r", "-t", base + "/rich", "-m", JSON, *RICH.split())
    theirs_pub("-r", "-q", "1", "-t", base + "/binary", "-s", stdin=b"\001\002\377abc")
    theirs_pub("-r", "-q", "1", "-t", base + "/deep/er", "-m", "1")


def clear(base):
    for name in ("text", "rich", "binary", "deep/er"):
        theirs_pub("-r", "-n", "-q", "1", "-t", base + "/" + name)


def same(tool, line, stdin=None, plain=False, needs=(), codes=False):
    """Declares a case. In the words {t} is a prepared topic, {new} an unused one; plain: no address is added; codes: only the exit
    codes count (theirs print the whole help on standard output when something is missing)."""
    words = line if isinstance(line, list) else line.split()

    @test("%s %s" % (tool, " ".join(words)), needs=needs)
    def case():
        results = []
        for command in tools(tool):
            base = topic("compare").rstrip("/x")
            names = {"t": base, "new": topic("new"), "logins": target.logins, "id": unique("compare")}
            prepare(base)
            try:
                code, out, err = run(command + ([] if plain else address()) + expand(words, names), 40, stdin)
            finally:
                clear(base)
            results.append((code, steady(out).replace(base.encode(), b"T").replace(names["new"].encode(), b"NEW"), err))
        theirs, ours = results
        if codes:
            equal(ours[0], theirs[0], "exit code")
            equal(ours[1], b"", "our standard output")
            return
        equal(ours[:2], theirs[:2], "exit code and output (they said %r, we said %r)" % (theirs[2][-200:], ours[2][-300:]))

    return case


def seen(line, stdin=None, count=1, version="5", known=None):
    """Declares a case of pub: what a subscriber sees of it. {t} is the topic."""
    words = line if isinstance(line, list) else line.split()

    @test("seen of pub -V %s %s" % (version, " ".join(words)), known=known)
    def case():
        results = []
        for command in tools("pub"):
            t = topic("seen")
            watch = Process(["stdbuf", "-oL", "mosquitto_sub", *address(), "-V", "5", "-q", "2", "-t", t, "-d",
                             "--retain-as-published", "-F", "M|" + FIELDS])
            wait_until(lambda w=watch: any("SUBACK" in l for l in list(w.lines)), "SUBACK")
            code, out, err = run(command + address() + ["-V", version] + expand(words, {"t": t}), 40, stdin)
            lines = lambda w=watch: [l for l in list(w.lines) if l.startswith("M|")]
            if code == 0 and count:
                wait_until(lambda: len(lines()) >= count, "%d messages (%s)" % (count, err))
            watch.kill()
            results.append((code, out, steady("\n".join(lines()).replace(t, "T").encode())))
            theirs_pub("-r", "-n", "-t", t)
        equal(results[1], results[0], "exit code, output, messages")

    return case


# ---- sub: formats
for fmt in ("%p", "%t %j", "%x|%X", "%l|%05l|%-5l", "%q|%r", "%A|%C|%5C|%-20C|%.4C|%D|E=%E|%F|%P|%R|%20R|%S|%3S|%03S",
            "%t|%60t|%-60t|%.1t", "%p|%50p|%5p|%%|@@|\\\\|\\t|\\a|\\e|\\v|%I", "%J",
            "@a @A @b @B @C @d @D @e @F @g @G @h @j @m @u @V @w @y @Y @z @Z @%"):
    same("sub", ["-V", "5", "-t", "{t}/rich", "-C", "1", "-q", "1", "-F", fmt])
for words in ("-t {t}/text -C 1", "-t {t}/text -C 1 -v", "-t {t}/text -C 1 -v -N", "-t {t}/binary -C 1 -F %x", "-t {t}/binary -C 1 -v",
              "-t {t}/binary -C 1 -F %X", "-t {t}/text -C 1 -F %p%t%q%r%l", "-t {t}/rich -C 1 -F %J --pretty",
              "-t {t}/rich -C 1 -F %j --pretty", "-t {t}/rich -C 1 -q 2 -F %m|%q",
              # retained, counts, filters, time
              "-t {t}/# -T {t}/text -T {t}/rich -T {t}/binary -C 1 -v", "-t {t}/# -R -W 1", "-t {t}/text -W 1", "-t {t}/text -C 2 -W 1 -v",
              "-t {t}/text -E", "-t {t}/text --retained-only -W 1", "-t {t}/# --remove-retained -W 1 -F %r",
              "-t {new} -W 1", "-t {new} -E", "-t {new} -E -W 3", "-t {new} -U {t}/text -E", "-t {t}/text -t {t}/binary -C 2 -F %l",
              "-t {t}/+ -C 3 -F %q -q 0", "-t {t}/+/er -C 1", "-t {t}/text --retain-as-published -C 1 -F %r",
              "-t {new} -i {id} -c -q 1 -E", "-t {t}/text -C 1 -k 5 --quiet",
              "-t {new} --will-topic {new}/w --will-payload x --will-qos 1 --will-retain -E",
              "-t {t}/rich -C 1 -D subscribe subscription-identifier 7 -F %S",
              # wrong
              "-t a/#/b", "", "-t x -C 0", "-t x -C -1", "-t x -W 0", "-t x -F %z", "-t x -F %", "-t x -q 3", "-t x --unknown", "-t x -V 7",
              "-t x -k 70000", "-t", "-t x -D subscribe content-type x", "-t x -R --retained-only", "-t x -i a -I b"):
    same("sub", "-V 5 " + words)
same("sub", ["-t", "x", "-F", "\\q"])
for version in ("31", "311"):
    same("sub", "-V %s -t {t}/rich -C 1 -q 1 -F %%j" % version)
    same("sub", "-V %s -t {t}/text -C 1 -v" % version)
    same("sub", "-V %s -t {new} -W 1" % version)
same("sub", "-V 311 -t x -p {logins} -W 3", needs=("logins",))
same("sub", "-V 5 -t x -p {logins} -W 3", needs=("logins",))
same("sub", "-V 5 -t x -p {logins} -u alice -P wrong -W 3", needs=("logins",))
same("sub", "-V 5 -t {new} -p {logins} -u alice -P secret -E", needs=("logins",))
same("sub", "-t x -p 1", plain=True)
same("sub", "-t x -h nohost.invalid", plain=True)

# ---- pub
for qos in "012":
    for version in ("31", "311", "5"):
        seen("-q %s -t {t} -m hello" % qos, version=version)
for words in ("-t {t} -m hello -r", "-t {t} -m {{}} -q 1", "-t {t} -n -q 1", "-t {t} -n -r", "-t {t} -m x -q 2 -r --quiet",
              "-t {t} -m hello -q 1 " + RICH, "-t {t} -m x -D publish topic-alias 1", "-t {t} -m x -i compare-id -k 7 -x 10",
              "-t {t} -m x --will-topic {t} --will-payload gone --will-qos 1"):
    seen(words)
seen("-t {t} -m x --repeat 3 --repeat-delay 0.1 -q 1", count=3)
seen("-t {t} -l -q 1", stdin=b"one\ntwo\n\nfour", count=4)
seen("-t {t} -l -q 2", stdin=b"".join(b"%d\n" % n for n in range(300)), count=300, version="311",
     known={"mosquitto": "mosquitto 2.0.11 stalls at times in the middle of many QoS 2 messages, also of mosquitto_pub"})
seen("-t {t} -s -q 1", stdin=b"all\nof\nit\n")
same("pub", "-V 5 -t {new} -s", stdin=b"")
seen(["-t", "{t}", "-f", os.path.abspath(__file__), "-q", "1"])
for words in ("-t p/+ -m m", "-t p/# -m m", "-t {new} -m m -n", "-t {new} -m m -q 3", "-t {new} -m", "-t {new} -f /nonexistent",
              "-t {new} -m m -V 7", "-t {new} -m m -c", "-t {new} -m m -D publish foo 1", "-t {new} -m m --will-payload w",
              "-t {new} -m m -D publish session-expiry-interval 1", "-t {new} -m m --unknown", "-t {new} -m m -M 0",
              "-t {new} -m m --repeat 0", "-t {new} -m m --cafile /nonexistent", "-t {new} -m m --key /dev/null",
              "-t {new} -m m -u user", "-t {new} -m m --will-topic a/+ --will-payload x"):
    same("pub", "-V 5 " + words)
same("pub", "-V 5 -t {new}", codes=True)
same("pub", "-V 5 -m m", codes=True)
for version in ("311", "5"):
    same("pub", "-V %s -t {new} -m m -p {logins}" % version, needs=("logins",))
    same("pub", "-V %s -t {new} -m m -p {logins} -u alice -P wrong" % version, needs=("logins",))
    same("pub", "-V %s -t {new} -m m -p {logins} -u alice -P secret -q 1" % version, needs=("logins",))
same("pub", "-t x -m m -p 1", plain=True)
same("pub", "-t x -m m -h nohost.invalid", plain=True)

# ---- rr
same("rr", "-V 5 -t {new} -e {new} -m echo -W 5")
same("rr", "-V 5 -t {new} -e {new} -m echo -W 5 -v -q 1")
same("rr", "-V 5 -t {new} -e {new}/none -m m -W 1")
same("rr", "-V 5 -t {new} -m m")
same("rr", "-V 5 -e {new} -m m")
same("rr", "-V 5 -t a/+ -e {new} -m m")
same("rr", "-V 5 -t {new} -e {new} -m a -p {logins}", needs=("logins",))


# ---- what only ours has, against this broker
@test("sub gives the reason code where all its filters are refused", needs=("no_subscribe",))
def refused():
    code, out, err = run([DUNLIN, "sub", *address(), "-V", "5", "-t", target.no_subscribe, "-W", "9"], 40)
    equal((code, out), (0x87, b""), "exit code and output")
    check("Not authorized" in err, "what it says: %s" % err)


@test("dunlin test finds nothing that fails")
def probe():
    code, out, err = run([DUNLIN, "test", *address(), "-q", "5"], 55)
    equal(code, 0, "exit code; it said %s %s" % (out.decode()[-400:], err[-200:]))
    code, out = run(["mosquitto_sub", *address(), "-t", "dunlin-test/#", "-W", "1"])[:2]
    equal((code, out), (27, b""), "what is left behind")


@test("dunlin bench p2p loses nothing, and misses a limit that nobody meets")
def bench():
    words = [DUNLIN, "bench", "p2p", *address(), "-c", "3", "-i", "0", "-q", "1", "--rate", "200", "--messages", "300"]
    code, out, err = run(words + ["--max-lost", "0", "--max-failed", "0"], 55)
    equal(code, 0, "exit code; it said %s %s" % (out.decode()[-400:], err[-200:]))
    equal(run(words + ["--max-p50", "1ns"], 55)[0], 10, "exit code where a limit is missed")


@test("how long pub takes to start, beside mosquitto_pub (a figure, not a limit)")
def start_up():
    figures = {}
    for name, command in zip(("mosquitto_pub", "dunlin pub"), tools("pub")):
        seconds = []
        for _ in range(12):
            begun = time.monotonic()
            code, _, err = run(command + address() + ["-t", topic(), "-m", "x", "-q", "1"])
            equal(code, 0, err)
            seconds.append(time.monotonic() - begun)
        figures[name] = sorted(seconds[2:])[5]
    print("     medians: " + ", ".join("%s %.0f ms" % (name, 1e3 * value) for name, value in figures.items()))
    check(figures["dunlin pub"] < 10, "it takes ten seconds")


if __name__ == "__main__":
    run([DUNLIN, "--version"], 500)  # the launcher may have to build first
    main(__file__)
