"""A small MQTT client on a bare socket, for what polite libraries will not send or show. Versions 4 (3.1.1) and 5."""

import collections
import select
import socket
import struct
import time

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 1, 2, 3, 4, 5, 6, 7
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = 8, 9, 10, 11, 12, 13, 14, 15
NAMES = ("?", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE",
         "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH")

# name: (identifier, kind)
PROPERTIES = {
    "payload_format": (1, "byte"), "message_expiry": (2, "four"), "content_type": (3, "text"), "response_topic": (8, "text"),
    "correlation": (9, "bytes"), "subscription_id": (11, "varint"), "session_expiry": (17, "four"), "assigned_id": (18, "text"),
    "server_keep_alive": (19, "two"), "auth_method": (21, "text"), "auth_data": (22, "bytes"), "request_problem": (23, "byte"),
    "will_delay": (24, "four"), "request_response": (25, "byte"), "response_info": (26, "text"), "server_reference": (28, "text"),
    "reason_string": (31, "text"), "receive_max": (33, "two"), "topic_alias_max": (34, "two"), "topic_alias": (35, "two"),
    "maximum_qos": (36, "byte"), "retain_available": (37, "byte"), "user": (38, "pair"), "packet_max": (39, "four"),
    "wildcard_available": (40, "byte"), "ids_available": (41, "byte"), "shared_available": (42, "byte"),
}
BY_ID = {number: (name, kind) for name, (number, kind) in PROPERTIES.items()}

Packet = collections.namedtuple("Packet", "type flags body")
Message = collections.namedtuple("Message", "topic payload qos retain dup id properties")
Answer = collections.namedtuple("Answer", "type id codes properties")
Connack = collections.namedtuple("Connack", "session_present code properties")


class Closed(Exception):
    """The broker closed the connection."""


class Silence(Exception):
    """Nothing came in time."""


def varint(value):
    out = bytearray()
    while True:
        value, digit = divmod(value, 128)
        out.append(digit | (128 if value else 0))
        if not value:
            return bytes(out)


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(raw)) + raw


def properties(values):
    out = b""
    for name, value in values.items():
        number, kind = PROPERTIES[name]
        for one in value if isinstance(value, list) else [value]:
            out += bytes([number]) + {
                "byte": lambda v: bytes([v]), "two": lambda v: struct.pack("!H", v), "four": lambda v: struct.pack("!I", v),
                "varint": varint, "text": text, "bytes": text, "pair": lambda v: text(v[0]) + text(v[1])}[kind](one)
    return varint(len(out)) + out


def read_varint(raw, at):
    value = shift = 0
    while True:
        digit = raw[at]
        at += 1
        value |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return value, at


def read_properties(raw, at):
    length, at = read_varint(raw, at)
    end, found = at + length, {}
    while at < end:
        name, kind = BY_ID[raw[at]]
        at += 1
        if kind in ("text", "bytes", "pair"):
            parts = []
            for _ in range(2 if kind == "pair" else 1):
                size = struct.unpack_from("!H", raw, at)[0]
                parts.append(raw[at + 2:at + 2 + size])
                at += 2 + size
            value = parts[0] if kind == "bytes" else parts[0].decode() if kind == "text" else tuple(p.decode() for p in parts)
        elif kind == "varint":
            value, at = read_varint(raw, at)
        else:
            size = {"byte": 1, "two": 2, "four": 4}[kind]
            value = int.from_bytes(raw[at:at + size], "big")
            at += size
        if name in ("user", "subscription_id"):
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found, end


def frame(kind, flags, body):
    return bytes([kind << 4 | flags]) + varint(len(body)) + body


def connect_packet(client_id="", version=5, clean=True, keep_alive=60, user=None, password=None, will=None, props=None):
    """will: (topic, payload, qos, retain, properties)."""
    flags = (2 if clean else 0) | (128 if user is not None else 0) | (64 if password is not None else 0)
    payload = text(client_id)
    if will:
        flags |= 4 | will[2] << 3 | (32 if will[3] else 0)
        payload += (properties(will[4]) if version == 5 else b"") + text(will[0]) + text(will[1])
    payload += (text(user) if user is not None else b"") + (text(password) if password is not None else b"")
    name = b"\x00\x06MQIsdp" if version == 3 else b"\x00\x04MQTT"
    head = name + bytes([version, flags]) + struct.pack("!H", keep_alive)
    return frame(CONNECT, 0, head + (properties(props or {}) if version == 5 else b"") + payload)


def publish_packet(topic, payload=b"", qos=0, retain=False, dup=False, packet_id=1, version=5, props=None):
    body = text(topic) + (struct.pack("!H", packet_id) if qos else b"") + (properties(props or {}) if version == 5 else b"")
    return frame(PUBLISH, (8 if dup else 0) | qos << 1 | (1 if retain else 0), body + (payload if isinstance(payload, bytes) else payload.encode()))


def subscribe_packet(filters, packet_id=1, version=5, props=None):
    """filters: [(filter, options byte)]."""
    body = struct.pack("!H", packet_id) + (properties(props or {}) if version == 5 else b"")
    return frame(SUBSCRIBE, 2, body + b"".join(text(f) + bytes([o]) for f, o in filters))


def unsubscribe_packet(filters, packet_id=1, version=5):
    body = struct.pack("!H", packet_id) + (b"\x00" if version == 5 else b"")
    return frame(UNSUBSCRIBE, 2, body + b"".join(text(f) for f in filters))


def ack_packet(kind, packet_id, code=0):
    return frame(kind, 2 if kind == PUBREL else 0, struct.pack("!H", packet_id) + (bytes([code]) if code else b""))


class Raw:
    """A connection. Every wait has an end: Silence after `seconds`, Closed when the broker hung up."""

    def __init__(self, host, port, version=5, seconds=5, source=None):
        """source: the address that the client has, where that is not for the kernel to choose."""
        self.version, self.seconds = version, seconds
        self.socket = socket.create_connection((host, port), seconds, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.held = []  # packets read while something else was awaited
        self.next_id = 0

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.settimeout(self.seconds)
        self.socket.sendall(data)

    def packet_id(self):
        self.next_id = self.next_id % 65535 + 1
        return self.next_id

    def _complete(self):
        """The first whole packet in the buffer, or None."""
        if len(self.buffer) < 2:
            return None
        try:
            length, at = read_varint(self.buffer, 1)
        except IndexError:
            return None
        if len(self.buffer) < at + length:
            return None
        packet = Packet(self.buffer[0] >> 4, self.buffer[0] & 15, self.buffer[at:at + length])
        self.buffer = self.buffer[at + length:]
        return packet

    def packet(self, seconds=None):
        """The next packet."""
        return self.held.pop(0) if self.held else self._read(seconds)

    def _readable(self, seconds):
        waiting = select.poll()  # select itself knows no descriptor above 1023
        waiting.register(self.socket, select.POLLIN)
        return waiting.poll(seconds * 1000)

    def _read(self, seconds):
        end = time.monotonic() + (self.seconds if seconds is None else seconds)
        while True:
            packet = self._complete()
            if packet:
                return packet
            left = end - time.monotonic()
            if left <= 0 or not self._readable(left):
                raise Silence("nothing in %g s" % (self.seconds if seconds is None else seconds))
            try:
                data = self.socket.recv(262144)
            except ConnectionError:
                data = b""
            if not data:
                raise Closed("closed by the broker")
            self.buffer += data

    def expect(self, kind, seconds=None):
        """The next packet of this type. PUBLISHes and acknowledgements may overtake each other; all else must not come."""
        for at, packet in enumerate(self.held):
            if packet.type == kind:
                return self.held.pop(at)
        while True:
            packet = self._read(seconds)
            if packet.type == kind:
                return packet
            if packet.type == DISCONNECT or kind != PUBLISH and packet.type != PUBLISH:
                raise AssertionError("expected %s, got %s %s" % (NAMES[kind], NAMES[packet.type], packet.body[:40].hex()))
            self.held.append(packet)

    def nothing(self, seconds=0.3):
        """Checks that no packet comes."""
        try:
            packet = self.packet(seconds)
        except Silence:
            return
        raise AssertionError("expected nothing, got %s %s" % (NAMES[packet.type], packet.body[:60]))

    def closed(self, seconds=None):
        """Waits for the end; returns the reason code of a DISCONNECT before it, or None without one."""
        code = None
        while True:
            try:
                packet = self.packet(seconds)
            except Closed:
                return code
            if packet.type == DISCONNECT:
                code = packet.body[0] if packet.body else 0

    def connect(self, client_id="", clean=True, expect=0, **options):
        self.send(connect_packet(client_id, self.version, clean, **options))
        body = self.expect(CONNACK).body
        answer = Connack(bool(body[0] & 1), body[1], read_properties(body, 2)[0] if self.version == 5 else {})
        if expect is not None and answer.code != expect:
            raise AssertionError("CONNACK 0x%02x instead of 0x%02x" % (answer.code, expect))
        return answer

    def answer(self, kind):
        body = self.expect(kind).body
        packet_id = struct.unpack_from("!H", body)[0]
        if kind in (SUBACK, UNSUBACK):
            props, at = read_properties(body, 2) if self.version == 5 else ({}, 2)
            return Answer(kind, packet_id, list(body[at:]), props)
        props = read_properties(body, 3)[0] if len(body) > 3 else {}
        return Answer(kind, packet_id, [body[2] if len(body) > 2 else 0], props)

    def subscribe(self, *filters, **props):
        """filters: (filter, options byte); returns the reason codes."""
        packet_id = self.packet_id()
        self.send(subscribe_packet(filters, packet_id, self.version, props))
        answer = self.answer(SUBACK)
        assert answer.id == packet_id, "SUBACK of another packet"
        return answer.codes

    def unsubscribe(self, *filters):
        packet_id = self.packet_id()
        self.send(unsubscribe_packet(filters, packet_id, self.version))
        return self.answer(UNSUBACK).codes

    def publish(self, topic, payload=b"", qos=0, retain=False, **props):
        """Publishes to the end of its handshake; returns the reason code."""
        packet_id = self.packet_id() if qos else 0
        self.send(publish_packet(topic, payload, qos, retain, False, packet_id, self.version, props))
        if qos == 0:
            return 0
        answer = self.answer(PUBACK if qos == 1 else PUBREC)
        if qos == 2 and answer.codes[0] < 0x80:
            self.send(ack_packet(PUBREL, packet_id))
            self.answer(PUBCOMP)
        return answer.codes[0]

    def message(self, seconds=None, ack=True):
        """The next PUBLISH, acknowledged to the end of its handshake unless ack is False."""
        return self.received(self.expect(PUBLISH, seconds), ack)

    def received(self, packet, ack=False):
        """Takes a PUBLISH packet apart."""
        qos, at, body = packet.flags >> 1 & 3, 0, packet.body
        size = struct.unpack_from("!H", body)[0]
        topic, at = body[2:2 + size].decode(), 2 + size
        packet_id = 0
        if qos:
            packet_id = struct.unpack_from("!H", body, at)[0]
            at += 2
        props = {}
        if self.version == 5:
            props, at = read_properties(body, at)
        message = Message(topic, body[at:], qos, bool(packet.flags & 1), bool(packet.flags & 8), packet_id, props)
        if ack and qos == 1:
            self.send(ack_packet(PUBACK, packet_id))
        elif ack and qos == 2:
            self.send(ack_packet(PUBREC, packet_id))
            self.answer(PUBREL)
            self.send(ack_packet(PUBCOMP, packet_id))
        return message

    def disconnect(self, code=0, **props):
        body = bytes([code]) + properties(props) if self.version == 5 and (code or props) else b""
        self.send(frame(DISCONNECT, 0, body))
        self.socket.shutdown(socket.SHUT_WR)
        return self.closed()
