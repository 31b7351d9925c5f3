"""Renders the Helm chart without Helm (Debian has none) and checks what comes out: chart.py [--write].

It knows the part of Go's templates and of Helm's functions that the chart uses and refuses everything else. The manifests of the default
values are dist/kubernetes/dunlin.yaml: they must be what stands there; --write puts them there.
"""

import hashlib
import os
import re
import sys

import yaml

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHART = os.path.join(HOME, "dist", "helm", "dunlin")
PLAIN = os.path.join(HOME, "dist", "kubernetes", "dunlin.yaml")
HEAD = "# One Dunlin in Kubernetes without Helm: kubectl apply -f dunlin.yaml\n# The same as the chart with its defaults; made by foreign/packages/chart.py --write.\n"
ACTION = re.compile(r"\{\{(-?)\s*(.*?)\s*(-?)\}\}", re.S)
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[()|]|:=|,|[^\s()|,]+')


def tokens(text):
    """Text and actions in turn; a dash takes the white space on its side away."""
    parts, at, trim = [], 0, False
    for match in ACTION.finditer(text):
        before = text[at:match.start()]
        if trim:
            before = before.lstrip()
        parts += [("text", before.rstrip() if match[1] else before), ("action", match[2])]
        at, trim = match.end(), bool(match[3])
    rest = text[at:]
    return parts + [("text", rest.lstrip() if trim else rest)]


def parse(parts, at=0, ends=()):
    """A list of nodes up to an end, which is given back with the place behind it."""
    nodes = []
    while at < len(parts):
        kind, value = parts[at]
        at += 1
        word = value.split(None, 1)[0] if kind == "action" and value else ""
        if kind == "text":
            nodes.append(("text", value))
        elif word in ends:
            return nodes, word, at
        elif word in ("if", "with", "range", "define"):
            inner, end, at = parse(parts, at, ("end", "else"))
            other = []
            if end == "else":
                other, _, at = parse(parts, at, ("end",))
            nodes.append((word, value.split(None, 1)[1], inner, other))
        else:
            nodes.append(("print", value))
    if ends:
        raise ValueError("an " + " or ".join(ends) + " is missing")
    return nodes, "", at


def to_yaml(value):
    return yaml.safe_dump(value, default_flow_style=False, sort_keys=True).rstrip("\n")


class Renderer:
    def __init__(self):
        self.defined = {}

    def render(self, nodes, dot, names):
        out = []
        for node in nodes:
            if node[0] == "text":
                out.append(node[1])
            elif node[0] == "define":
                self.defined[node[1].strip('"')] = node[2]
            elif node[0] == "print":
                value = self.value(node[1], dot, names)
                out.append("true" if value is True else "false" if value is False else str(value))
            elif node[0] == "range":
                key, item, what = re.fullmatch(r"(\$\w+), (\$\w+) := (.*)", node[1]).groups()
                values = self.value(what, dot, names) or {}
                for name, value in sorted(values.items()) if isinstance(values, dict) else enumerate(values):
                    out.append(self.render(node[2], value, {**names, key: name, item: value}))
            else:
                value = self.value(node[1], dot, names)
                if value:
                    out.append(self.render(node[2], value if node[0] == "with" else dot, names))
                else:
                    out.append(self.render(node[3], dot, names))
        return "".join(out)

    def value(self, text, dot, names):
        """A pipeline: each function gets what came before as its last argument."""
        stages = [stage.split() if '"' not in stage else WORD.findall(stage) for stage in text.split("|")]
        value, first = None, True
        for words in stages:
            arguments = [self.word(word, dot, names) for word in words[1:]] + ([] if first else [value])
            if first and not arguments and words[0] not in ("not",):
                value = self.word(words[0], dot, names)
            else:
                value = self.function(words[0], arguments, names)
            first = False
        return value

    def word(self, word, dot, names):
        if word.startswith('"'):
            return word[1:-1]
        if re.fullmatch(r"-?\d+", word):
            return int(word)
        if word == ".":
            return dot
        if word.startswith("$"):
            return names[word]
        if word.startswith("."):
            for key in word[1:].split("."):
                if not isinstance(dot, dict) or key not in dot:
                    raise KeyError(word + " is in no values")
                dot = dot[key]
            return dot
        raise ValueError("unknown word " + word)

    def function(self, name, a, names):
        functions = {
            "include": lambda: self.render(self.defined[a[0]], a[1], names),
            "quote": lambda: '"%s"' % str(a[0]).replace("\\", "\\\\").replace('"', '\\"'),
            "default": lambda: a[1] or a[0],
            "not": lambda: not a[0],
            "toYaml": lambda: to_yaml(a[0]),
            "nindent": lambda: "\n" + "\n".join(" " * a[0] + line if line else "" for line in str(a[1]).split("\n")),
            "sha256sum": lambda: hashlib.sha256(a[0].encode()).hexdigest(),
            "trunc": lambda: a[1][: a[0]],
            "trimSuffix": lambda: a[1].removesuffix(a[0]),
        }
        if name not in functions:
            raise ValueError("this renderer has no function " + name)
        return functions[name]()


def load(*path):
    with open(os.path.join(CHART, *path)) as f:
        return f.read()


def merged(base, over):
    return {**base, **{k: merged(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v for k, v in over.items()}}


def render(values=None, release="dunlin"):
    chart = yaml.safe_load(load("Chart.yaml"))
    dot = {"Values": merged(yaml.safe_load(load("values.yaml")), values or {}), "Release": {"Name": release, "Service": "Helm"},
           "Chart": {"AppVersion": chart["appVersion"]}}
    renderer = Renderer()
    renderer.render(parse(tokens(load("templates", "_helpers.tpl")))[0], dot, {})
    texts = {}
    for name in ("configmap.yaml", "service.yaml", "statefulset.yaml", "NOTES.txt"):
        texts[name] = renderer.render(parse(tokens(load("templates", name)))[0], dot, {"$": dot})
    return texts


def documents(texts):
    found = {}
    for name, text in texts.items():
        if name.endswith(".yaml"):
            for document in yaml.safe_load_all(text):
                assert document["apiVersion"] and document["metadata"]["name"], name
                found[document["kind"] + "/" + document["metadata"]["name"]] = document
    return found


def check_defaults():
    found = documents(render())
    assert sorted(found) == ["ConfigMap/dunlin", "Service/dunlin", "Service/dunlin-admin", "StatefulSet/dunlin"], sorted(found)
    workload = found["StatefulSet/dunlin"]["spec"]
    pod = workload["template"]["spec"]
    container = pod["containers"][0]
    assert workload["replicas"] == 1 and workload["volumeClaimTemplates"][0]["metadata"]["name"] == "data"
    selector = workload["selector"]["matchLabels"].items()
    assert selector <= workload["template"]["metadata"]["labels"].items() and found["Service/dunlin"]["spec"]["selector"].items() == selector
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"mqtt": 1883, "ws": 8083, "admin": 18083}, ports
    for service in ("Service/dunlin", "Service/dunlin-admin"):
        assert {port["targetPort"] for port in found[service]["spec"]["ports"]} <= set(ports)
    # A console that hangs or is off must not end a broker that serves its clients.
    for name in ("startupProbe", "livenessProbe"):
        assert container[name]["tcpSocket"] == {"port": "mqtt"} and "httpGet" not in container[name], container[name]
    assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "admin", "scheme": "HTTP"}
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 1883
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    volumes = {volume["name"] for volume in pod["volumes"]} | {"data"}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    assert found["ConfigMap/dunlin"]["data"]["dunlin.conf"] == yaml.safe_load(load("values.yaml"))["config"]


def check_values():
    found = documents(render({
        "image": {"tag": "9"}, "env": {"DUNLIN_SYS__INTERVAL": "5s"}, "extraPorts": {"mqtts": 8883}, "tls": {"secretName": "certs"},
        "persistence": {"enabled": False}, "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "edge", "operator": "Exists"}],
        "podAnnotations": {"a": "b"}, "service": {"type": "LoadBalancer", "annotations": {"x": "y"}}}, "factory-7"))
    workload = found["StatefulSet/factory-7"]["spec"]
    pod = workload["template"]["spec"]
    container = pod["containers"][0]
    assert "volumeClaimTemplates" not in workload and {"name": "data", "emptyDir": {}} in pod["volumes"]
    assert container["image"] == "dunlin:9" and {"name": "DUNLIN_SYS__INTERVAL", "value": "5s"} in container["env"]
    assert {"name": "mqtts", "containerPort": 8883} in container["ports"]
    assert {"name": "tls", "mountPath": "/tls", "readOnly": True} in container["volumeMounts"]
    assert pod["nodeSelector"] == {"disk": "ssd"} and pod["tolerations"][0]["key"] == "edge"
    assert workload["template"]["metadata"]["annotations"]["a"] == "b"
    service = found["Service/factory-7"]
    assert service["spec"]["type"] == "LoadBalancer" and service["metadata"]["annotations"] == {"x": "y"}


def check_console_hosts():
    """Who asks the console by the name of its service, such as Prometheus, must not get 421."""
    found = documents(render({"console": {"hosts": ["broker.plant.example"]}}, "factory-7"))
    assert "Service/factory-7-admin" in found, sorted(found)
    variables = found["StatefulSet/factory-7"]["spec"]["template"]["spec"]["containers"][0]["env"]
    names = [variable["name"] for variable in variables]
    # $(NAME) is replaced only where NAME stands before it.
    assert names.index("POD_NAMESPACE") < names.index("DUNLIN_CONSOLE__HOSTS") and len(names) == len(set(names)), names
    assert variables[names.index("POD_NAMESPACE")]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.namespace"}}
    hosts = yaml.safe_load(variables[names.index("DUNLIN_CONSOLE__HOSTS")]["value"].replace("$(POD_NAMESPACE)", "plant"))
    of_service = ["factory-7-admin" + end for end in ("", ".plant", ".plant.svc", ".plant.svc.cluster.local")]
    assert hosts == of_service + ["broker.plant.example"], hosts


def check_without_console():
    texts = render({"console": {"enabled": False}, "livenessPort": "mqtts", "extraPorts": {"mqtts": 8883}})
    found = documents(texts)
    assert "Service/dunlin-admin" not in found, sorted(found)
    container = found["StatefulSet/dunlin"]["spec"]["template"]["spec"]["containers"][0]
    assert "admin" not in {port["name"] for port in container["ports"]}
    assert {"name": "DUNLIN_CONSOLE__ENABLED", "value": "false"} in container["env"]
    assert "DUNLIN_CONSOLE__HOSTS" not in {variable["name"] for variable in container["env"]}
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[name]["tcpSocket"] == {"port": "mqtts"} and "httpGet" not in container[name], container[name]
    assert "18083" not in texts["NOTES.txt"] and "console" not in texts["NOTES.txt"]


def check_mistakes():
    """The renderer is no rubber stamp."""
    for text in ("{{ .Values.nothing }}", "{{ if .Values.env }}", "{{ .Values.env | sprintf }}"):
        try:
            Renderer().render(parse(tokens(text))[0], {"Values": {"env": {}}}, {})
        except (KeyError, ValueError):
            continue
        raise AssertionError(text + " was rendered")


def check_plain():
    assert os.path.exists(PLAIN) and open(PLAIN).read() == plain(), "dist/kubernetes/dunlin.yaml is old: foreign/packages/chart.py --write"


def plain():
    texts = render()
    return HEAD + "---\n".join(texts[name].strip("\n") + "\n" for name in ("configmap.yaml", "service.yaml", "statefulset.yaml")).replace(
        "app.kubernetes.io/managed-by: Helm", "app.kubernetes.io/managed-by: kubectl")


def main():
    if "--write" in sys.argv:
        with open(PLAIN, "w") as f:
            f.write(plain())
    failed = 0
    for name, check in (("chart: default values", check_defaults), ("chart: other values", check_values),
                        ("chart: the console's names", check_console_hosts), ("chart: without the console", check_without_console),
                        ("chart: mistakes are found", check_mistakes), ("chart: plain manifests", check_plain)):
        try:
            check()
            print("PASS packages: " + name)
        except Exception as e:  # whatever a template does wrong
            failed = 1
            print("FAIL packages: %s: %s: %s" % (name, type(e).__name__, e))
    return failed


if __name__ == "__main__":
    sys.exit(main())
