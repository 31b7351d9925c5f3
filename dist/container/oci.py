"""Writes an OCI image archive of two folders, each of which becomes a layer: oci.py VERSION ARCH BASE APP FILE."""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import time

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
USER = 1883
SECOND = 1_000_000_000


def layer(folder):
    """The layer's compressed bytes and the digest of the plain ones; everything but /data is root's."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        names = []
        for at, folders, files in os.walk(folder):
            folders.sort()
            names += [os.path.join(at, name) for name in folders + files]
        for path in sorted(names):
            info = tar.gettarinfo(path, arcname=os.path.relpath(path, folder))
            info.uid = info.gid = USER if info.name == "data" else 0
            info.uname = info.gname = ""
            # Whole seconds: the start-up caches hold the times of the jars.
            info.mtime = int(info.mtime) if info.name.startswith("opt/") else EPOCH
            if info.name == "data":
                info.mode = 0o750
            if info.isfile():
                with open(path, "rb") as content:
                    tar.addfile(info, content)
            else:
                tar.addfile(info)
    data = plain.getvalue()
    return gzip.compress(data, 6, mtime=0), "sha256:" + hashlib.sha256(data).hexdigest()


def config(version, arch, diff_ids):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(EPOCH))
    return {
        "created": created,
        "architecture": arch,
        "os": "linux",
        "config": {
            "User": "%d:%d" % (USER, USER),
            "ExposedPorts": {"%d/tcp" % port: {} for port in (1883, 8883, 8083, 8084, 18083)},
            "Env": ["PATH=/opt/dunlin/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
            "Entrypoint": ["/opt/dunlin/bin/dunlin"],
            "Cmd": ["broker", "-c", "/config/dunlin.conf"],
            "Volumes": {"/data": {}},
            "WorkingDir": "/data",
            "StopSignal": "SIGTERM",
            "Healthcheck": {"Test": ["CMD", "/opt/dunlin/bin/dunlin", "status", "--data", "/data"],
                            "Interval": 30 * SECOND, "Timeout": 10 * SECOND, "StartPeriod": 20 * SECOND, "Retries": 3},
            "Labels": {"org.opencontainers.image.title": "dunlin", "org.opencontainers.image.version": version,
                       "org.opencontainers.image.description": "MQTT broker with its tools", "org.opencontainers.image.licenses": "Apache-2.0"},
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created": created, "created_by": name} for name in ("dist/container/make: base", "dist/container/make: dunlin")],
    }


def main():
    version, arch, base, app, file = sys.argv[1:]
    blobs = {}

    def blob(data, media):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return {"mediaType": "application/vnd.oci.image." + media, "digest": digest, "size": len(data)}

    def document(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    layers, diff_ids = [], []
    for folder in (base, app):
        packed, diff_id = layer(folder)
        layers.append(blob(packed, "layer.v1.tar+gzip"))
        diff_ids.append(diff_id)
    settings = blob(document(config(version, arch, diff_ids)), "config.v1+json")
    manifest = blob(document({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                              "config": settings, "layers": layers}), "manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": version}
    manifest["platform"] = {"architecture": arch, "os": "linux"}
    blobs_of_layout = {"oci-layout": document({"imageLayoutVersion": "1.0.0"}),
                       "index.json": document({"schemaVersion": 2, "manifests": [manifest]})}
    for digest, data in blobs.items():
        blobs_of_layout["blobs/" + digest.replace(":", "/")] = data
    with tarfile.open(file, "w") as tar:
        for name, data in sorted(blobs_of_layout.items()):
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), EPOCH, 0o644
            tar.addfile(info, io.BytesIO(data))


if __name__ == "__main__":
    main()
