"""Debian's Prometheus reads a broker under load: promtool has nothing to complain about in the figures and in the alert rules, the real
server scrapes them, each query of the Grafana board gives a result, and an alarm of the broker becomes an alert of Prometheus."""

import atexit
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request

import paho.mqtt.client as mqtt

import broker
from harness import check, equal, main, test, wait_until

DOCS = os.path.join(broker.ROOT, "docs", "grafana")
RULES = os.path.join(DOCS, "alerts.yml")
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
OTHERS = ("broker_", "emqx_")  # names that others chose
WINDOW = "15s"  # of rates: the board's own interval is minutes

DUNLIN_CONF = """\
listeners.tcp {{ type = tcp, bind = "127.0.0.1:{tcp}", allow-anonymous = true }}
console {{ enabled = true, bind = "127.0.0.1:{console}" }}
metrics.compat = [{compat}]
alarms.queue-age = 2s
"""
PROMETHEUS_CONF = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: dunlin
    static_configs: [{{targets: ["127.0.0.1:{console}"]}}]
"""


def fetch(url, accept="*/*"):
    """(content type, text)"""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode("utf-8")


def program(name):
    path = shutil.which(name)
    check(path, "there is no %s: foreign/install installs Debian's package prometheus" % name)
    return path


class Child:
    """A process with its output in a file; ended by its pid."""

    def __init__(self, folder, name, command):
        self.log_path = os.path.join(folder, name + ".log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, cwd=broker.ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()[-1500:]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def client(name, port, clean=True):
    made = mqtt.Client(name, clean_session=clean)
    made.connect("127.0.0.1", port)
    made.loop_start()
    wait_until(made.is_connected, "%s is connected" % name)
    return made


def subscribe(made, topic_filter):
    done = threading.Event()
    made.on_subscribe = lambda *_: done.set()
    made.subscribe(topic_filter, 1)
    check(done.wait(10), "no SUBACK came")


class Scene:
    """A broker with load on it."""

    def __init__(self, compat=""):
        self.dir = tempfile.mkdtemp(prefix="foreign-prometheus-")
        atexit.register(self.stop)
        self.children = []
        self.clients = []
        self.ended = threading.Event()
        self.tcp, self.console = broker.free_ports(2)
        conf = os.path.join(self.dir, "dunlin.conf")
        with open(conf, "w") as f:
            f.write(DUNLIN_CONF.format(tcp=self.tcp, console=self.console, compat=compat))
        self.url = "http://127.0.0.1:%d" % self.console
        self.run("broker", [os.path.join(broker.ROOT, "dunlin"), "broker", "-c", conf, "--data", os.path.join(self.dir, "data")])
        self.wait("/health/ready", self.url)

    def run(self, name, command):
        child = Child(self.dir, name, command)
        self.children.append(child)
        return child

    def wait(self, path, url):
        def answers():
            for child in self.children:
                check(child.process.poll() is None, lambda: "it has ended: " + child.log())
            try:
                return fetch(url + path)
            except OSError:
                return None

        wait_until(answers, lambda: "%s answers: %s" % (url + path, self.children[-1].log()), 50)

    def load(self):
        """One listens, one is away, one publishes; until the end."""
        listener = client("listener", self.tcp)
        subscribe(listener, "plant/#")
        self.away = client("away", self.tcp, clean=False)
        subscribe(self.away, "plant/1/alarm")
        self.away.disconnect()
        self.away.loop_stop()
        sender = client("sender", self.tcp)
        self.clients += [listener, sender]

        def publish():
            number = 0
            while not self.ended.wait(0.02):
                for line in range(10):
                    sender.publish("plant/%d/temperature" % line, str(number), number % 2)
                if number % 25 == 0:
                    sender.publish("plant/1/alarm", "hot", 1)
                number += 1

        threading.Thread(target=publish, daemon=True).start()

    def come_back(self):
        self.away.reconnect()
        self.away.loop_start()
        self.clients.append(self.away)

    def scrape(self):
        """Starts Prometheus, as a server of its own with nothing but this broker to look at."""
        conf = os.path.join(self.dir, "prometheus.yml")
        with open(conf, "w") as f:
            f.write(PROMETHEUS_CONF.format(rules=json.dumps(RULES), console=self.console))
        (port,) = broker.free_ports(1)
        self.prometheus = "http://127.0.0.1:%d" % port
        self.run("prometheus", [
            program("prometheus"), "--config.file=" + conf, "--storage.tsdb.path=" + os.path.join(self.dir, "tsdb"),
            "--web.listen-address=127.0.0.1:%d" % port, "--log.level=warn"])
        self.wait("/-/ready", self.prometheus)

    def api(self, path, **query):
        answer = json.loads(fetch("%s/api/v1/%s?%s" % (self.prometheus, path, urllib.parse.urlencode(query)))[1])
        equal(answer["status"], "success", path)
        return answer["data"]

    def query(self, expression):
        return self.api("query", query=expression)["result"]

    def metrics(self):
        return fetch(self.url + "/metrics", "text/plain")[1]

    def stop(self):
        self.ended.set()
        for each in self.clients:
            each.disconnect()
            each.loop_stop()
        for child in reversed(self.children):
            child.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


scenes = {}


def scene(compat=""):
    """One broker for all tests that want it like that."""
    if compat not in scenes:
        scenes[compat] = Scene(compat)
        if not compat:
            scenes[compat].load()
    return scenes[compat]


def scraped():
    it = scene()
    if not hasattr(it, "prometheus"):
        it.scrape()
        wait_until(lambda: it.query('up{job="dunlin"} == 1'), lambda: "Prometheus sees the broker: %s" % it.api("targets")["activeTargets"], 20)
        wait_until(lambda: it.query("rate(dunlin_publish_to_deliver_seconds_count[%s]) > 0" % WINDOW), "messages were timed", 30)
    return it


def complaints(text):
    """What promtool has to say of figures; it fails where they cannot be read."""
    done = subprocess.run([program("promtool"), "check", "metrics"], input=text.encode(), capture_output=True, timeout=30)
    said = done.stderr.decode() + done.stdout.decode()
    check(done.returncode in (0, 3), "promtool cannot read it: " + said)
    return [line for line in said.splitlines() if line.strip()]


def names_in(text):
    """The figures that /metrics has."""
    return {re.match(r"[a-zA-Z_:][a-zA-Z0-9_:]*", line).group() for line in text.splitlines() if line and not line.startswith("#")}


def names_of(expression):
    """The figures of ours that an expression asks for."""
    return set(re.findall(r"\bdunlin_[a-z0-9_]+", expression))


@test("promtool has nothing to say against our figures")
def lint():
    text = scene().metrics()
    equal(complaints(text), [], "promtool check metrics")
    check(len(names_in(text)) > 50, "few figures: %s" % sorted(names_in(text)))


@test("with the names of others, promtool says something of those alone")
def lint_of_others():
    text = scene("mosquitto-exporter, emqx").metrics()
    ours = [line for line in complaints(text) if not line.startswith(OTHERS)]
    equal(ours, [], "promtool check metrics")
    for prefix in OTHERS:
        check(any(name.startswith(prefix) for name in names_in(text)), "no name begins with " + prefix)


@test("histograms add up: buckets grow, the last is the count, the sum fits the buckets")
def histograms():
    it = scene()
    wait_until(lambda: re.search(r"^dunlin_publish_to_deliver_seconds_count [1-9]", it.metrics(), re.M), "messages were timed")
    families = {}
    for line in it.metrics().splitlines():
        match = re.match(r'(\w+)_(bucket|sum|count)(?:\{(.*)\})? (\S+)$', line)
        if match and not line.startswith("#"):
            name, part, labels, value = match.groups()
            bound = re.search(r'le="([^"]+)"', labels or "")
            others = re.sub(r',?le="[^"]+"', "", labels or "")
            families.setdefault((name, others), {"bucket": []}).setdefault(part, [])
            if part == "bucket":
                families[name, others]["bucket"].append((float(bound.group(1)), float(value)))
            else:
                families[name, others][part] = float(value)
    seen = 0
    for (name, labels), family in families.items():
        if not family["bucket"]:
            continue
        seen += 1
        what = "%s{%s} %s" % (name, labels, family)
        counts = [count for _, count in family["bucket"]]
        equal(counts, sorted(counts), what)
        equal(counts[-1], family["count"], what)
        least = most = before = low = 0
        for bound, count in family["bucket"]:
            least += (count - before) * low
            most += (count - before) * bound if count > before else 0
            before, low = count, bound
        check(least <= family["sum"] * 1.000001 and family["sum"] <= most * 1.000001, "the sum is not between %s and %s: %s" % (least, most, what))
    check(seen >= 5, "only %d histograms" % seen)


@test("OpenMetrics where that is asked for")
def open_metrics():
    kind, text = fetch(scene().url + "/metrics", OPEN_METRICS)
    check(kind.startswith(OPEN_METRICS), kind)
    check(text.endswith("\n# EOF\n"), text[-80:])
    check("# TYPE dunlin_bytes counter\n" in text, "counters are families without _total")


@test("Prometheus scrapes the broker, and its alert rules hold")
def rules():
    done = subprocess.run([program("promtool"), "check", "rules", RULES], capture_output=True, text=True, timeout=30)
    equal(done.returncode, 0, done.stdout + done.stderr)
    it = scraped()
    equal([target["lastError"] for target in it.api("targets")["activeTargets"]], [""], "errors of scrapes")
    there = names_in(it.metrics())

    def evaluated():
        found = [rule for group in it.api("rules")["groups"] for rule in group["rules"]]
        return found if found and all(rule["health"] == "ok" for rule in found) else None

    found = wait_until(evaluated, lambda: "all rules are well: %s" % it.api("rules"), 15)
    check(len(found) >= 8, "only %d rules" % len(found))
    for rule in found:
        missing = names_of(rule["query"]) - there
        check(not missing, "%s asks for %s, which /metrics does not have" % (rule["name"], missing))


@test("each query of the boards gives a result")
def boards():
    it = scraped()
    there = names_in(it.metrics())
    asked = empty = 0
    for path in sorted(glob.glob(os.path.join(DOCS, "*.json"))):
        with open(path) as f:
            board = json.load(f)
        for variable in board["templating"]["list"]:
            label = re.match(r"label_values\((\w+), (\w+)\)", variable["query"])
            if label:
                check(it.api("label/%s/values" % label.group(2), **{"match[]": label.group(1)}), variable["query"])
        for panel in board["panels"]:
            for one in panel["targets"]:
                expression = one["expr"].replace("$__rate_interval", WINDOW).replace("$instance", ".*")
                check("$" not in expression, "a variable is left in " + expression)
                where = "%s, %s: %s" % (os.path.basename(path), panel["title"], expression)
                asked += 1
                missing = names_of(expression) - there
                check(not missing, "%s asks for %s, which /metrics does not have" % (where, missing))
                result = it.query(expression)
                if not result:
                    empty += 1
                    print("     nothing at this moment: " + where)
    check(asked >= 20 and empty <= asked // 10, "%d queries, %d of them empty" % (asked, empty))
    print("     %d queries, %d with nothing at this moment" % (asked, empty))


@test("a message that waits too long is an alarm of the broker and an alert of Prometheus, until its client comes back")
def alarm():
    it = scraped()
    wait_until(lambda: it.query('dunlin_alarm_active{name="queue-age"} == 1'), "the alarm is raised", 20)
    check(float(it.query("dunlin_queue_oldest_seconds")[0]["value"][1]) > 2, "the oldest has waited for more than 2 s")

    def firing():
        return [a for a in it.api("alerts")["alerts"] if a["labels"]["alertname"] == "DunlinAlarm" and a["labels"]["name"] == "queue-age"]

    wait_until(firing, lambda: "the alert fires: %s" % it.api("alerts"), 10)
    it.come_back()
    wait_until(lambda: not firing(), "it is over", 25)
    check(float(it.query("dunlin_queue_age_seconds_count")[0]["value"][1]) > 0, "what waited has been counted")


main(__file__)
