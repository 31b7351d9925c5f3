"""Publishers and subscribers on mqtt.js: they live in one Node process (foreign/js/crash.js), this side commands it and keeps the books."""

import json
import os
import subprocess
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


class Node:
    def __init__(self, ledger):
        self.ledger, self.clients = ledger, {}
        self.process = subprocess.Popen(["node", os.path.join(os.path.dirname(HERE), "js", "crash.js")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            self.clients[event["id"]].on_event(event)

    def end(self):
        try:
            self.process.stdin.close()
            self.process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


class Client:
    def __init__(self, node, name, version, port, **options):
        self.node, self.name, self.ledger = node, name, node.ledger
        self.ready = self.known = self.met = False  # as in paho_clients.py
        self.gone = threading.Event()
        node.clients[name] = self
        node.tell(do="open", id=name, version=version, port=port, **options)

    def online(self):
        self.gone.clear()
        self.node.tell(do="online", id=self.name)

    def offline(self):
        self.node.tell(do="offline", id=self.name, force=bool(sum(self.name.encode()) % 2))
        self.gone.wait(5)

    def end(self):
        """The Node process ends with all its clients."""

    def on_event(self, event):
        kind = event["e"]
        if kind == "got":
            self.ledger.got(self.name, event["topic"], event["payload"].encode("latin1"))
        elif kind == "acked":
            self.ledger.acked(self.name, event["n"])
        elif kind == "sent":
            self.ledger.sent(self.name, event["n"])
        elif kind == "connected":
            if self.known and not event["present"]:
                self.ledger.note("session", "%s: session present = 0, its session was lost" % self.name)
            elif event["present"] and not self.met:
                self.ledger.note("session", "%s: session present = 1 at its first connection" % self.name)
            self.met = True
            if event["ready"]:
                self.known = self.ready = True
        elif kind == "ready":
            self.known = self.ready = True
        elif kind in ("closed", "left"):
            self.ready = False
            if kind == "left":
                self.gone.set()
        elif kind == "error" and "ECONN" not in event["text"] and "EPIPE" not in event["text"]:
            self.ledger.note("stuck", "%s: %s" % (self.name, event["text"]))


class Publisher(Client):
    def __init__(self, node, name, version, port, topic, qos, rate, window=8):
        super().__init__(node, name, version, port, topic=topic, qos=qos, rate=rate, window=window)

    def run(self, on):
        self.node.tell(do="run", id=self.name, on=on)


class Subscriber(Client):
    def __init__(self, node, name, version, port, qos, filters, receive_maximum):
        node.ledger.add_reader(name, qos)
        super().__init__(node, name, version, port, qos=qos, filters=filters, receiveMaximum=receive_maximum)
