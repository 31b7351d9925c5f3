"""collectd (Debian) publishes this host's own readings through its mqtt plugin; a subscriber reads and prints them."""

import os
import re
import shutil
import tempfile

from harness import Process, at_end, check, main, target, test, unique, wait_until

CONFIG = """\
Hostname "{host}"
Interval 1
BaseDir "{dir}"
PIDFile "{dir}/collectd.pid"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin cpu
LoadPlugin load
LoadPlugin memory
LoadPlugin mqtt
<Plugin cpu>
  ReportByCpu false
  ValuesPercentage true
</Plugin>
<Plugin mqtt>
  <Publish "broker">
    Host "{address}"
    Port "{port}"
    ClientId "{client}"
    Prefix "collectd"
    QoS {qos}
    Retain false
    StoreRates true
  </Publish>
</Plugin>
"""


def collect(qos):
    folder = tempfile.mkdtemp(prefix="collectd-")
    at_end(lambda: shutil.rmtree(folder, ignore_errors=True))
    host = unique("host")
    with open(os.path.join(folder, "collectd.conf"), "w") as f:
        f.write(CONFIG.format(host=host, dir=folder, address=target.host, port=target.tcp, client=unique("collectd"), qos=qos))
    reader = Process(["stdbuf", "-oL", "mosquitto_sub", "-h", target.host, "-p", str(target.tcp), "-q", str(qos), "-v", "-t", "collectd/#"])
    daemon = Process(["collectd", "-f", "-C", os.path.join(folder, "collectd.conf")])

    def reading(name):
        pattern = re.compile(r"^collectd/%s/%s [\d.]+:[\d.:]+$" % (host, name))
        return lambda: next((line for line in reader.lines if pattern.match(line.replace("\0", ""))), None)

    for name in ("load/load", "memory/memory-used", "cpu/percent-user"):
        line = wait_until(reading(name), lambda: "a reading of %s; collectd says: %s; so far: %s" % (name, daemon.lines[-5:], reader.lines[-5:]), 20)
        print("     " + line.replace("\0", ""))
    check(daemon.process.poll() is None, "collectd ended: %s" % daemon.lines[-5:])


for _qos in (0, 1, 2):
    test("cpu, load and memory of this host through collectd's mqtt plugin at QoS %d" % _qos)(lambda q=_qos: collect(q))

main(__file__)
