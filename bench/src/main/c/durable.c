/* Load for the figures on durability: QoS 1 into persistent sessions that are away. One thread, epoll, MQTT 3.1.1.
 *   gcc -O2 -std=gnu11 -o durable durable.c
 *   durable sessions --sessions 1000                        makes the sessions bench-0 ... (topic d/0 ...) and leaves
 *   durable publish --pubs 64 --window 1 --seconds 5        publishes to d/0, d/1, ... in turn, prints the latency of the PUBACKs
 *   durable publish --pubs 64 --window 64 --count 1000000   the same for a number of messages, numbered on from --first
 *   durable drain --sessions 1000 --expect 1000000          connects all sessions and takes what they hold; counts missing and doubled numbers
 *   durable first --session 7                               connects again and again until one message came; --since NS: how long after that
 * Prints one JSON object. All times are of CLOCK_MONOTONIC. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct {
    int port;
    uint32_t sessions, pubs, window, size, session;
    uint64_t count, first, expect, since;
    double seconds, warmup, timeout, idle;
} o = { .port = 1883, .sessions = 1000, .pubs = 64, .window = 1, .size = 200, .warmup = 1, .timeout = 600, .idle = 10 };

#define SLOTS 4096 /* more than any window */

struct connection {
    int fd, ready;
    uint32_t index, in_flight;
    uint16_t next_id;
    size_t in_n, in_cap, out_n, out_at, out_cap;
    uint8_t *in, *out;
    uint64_t *sent_at;
    int dirty;
};

static int poller;
static struct connection *all;
static uint32_t connections, ready_count, closed_count, subscribed_count;
static struct connection **dirty;
static uint32_t dirty_count;
static uint64_t hist[64 * 64], hist_n, hist_max;
static uint64_t published, acked, measured, measure_from = UINT64_MAX, stop_at = UINT64_MAX, next_topic, last_ack_at;
static uint64_t received, doubled, foreign, first_at, last_at;
static uint8_t *seen;
static int publishing, leave_on_message;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *format, ...) {
    va_list a;
    va_start(a, format);
    printf("{\"error\": \"");
    vprintf(format, a);
    printf("\"}\n");
    va_end(a);
    exit(1);
}

/* ------------------------------------------------------------------ latency: 64 steps per power of two */
static void hist_add(uint64_t ns) {
    unsigned i = (unsigned)ns;
    if (ns >= 64) {
        int e = 63 - __builtin_clzll(ns) - 6;
        i = (unsigned)(e + 1) * 64 + (unsigned)((ns >> e) - 64);
    }
    hist[i]++;
    hist_n++;
    if (ns > hist_max) hist_max = ns;
}
static double hist_ms(double q) {
    uint64_t want = (uint64_t)(q * (double)hist_n), sum = 0;
    for (unsigned i = 0; i < sizeof hist / sizeof *hist; i++) {
        sum += hist[i];
        if (sum > want) return (i < 64 ? i : (double)((uint64_t)(64 + i % 64) << (i / 64 - 1))) / 1e6;
    }
    return (double)hist_max / 1e6;
}

/* ------------------------------------------------------------------ connections */
static uint8_t *room(struct connection *c, size_t n) {
    if (c->out_n + n > c->out_cap) {
        c->out_cap = (c->out_n + n) * 2;
        c->out = realloc(c->out, c->out_cap);
    }
    if (!c->dirty) {
        c->dirty = 1;
        dirty[dirty_count++] = c;
    }
    uint8_t *at = c->out + c->out_n;
    c->out_n += n;
    return at;
}

static void flush(struct connection *c) {
    while (c->fd >= 0 && c->out_at < c->out_n) {
        ssize_t n = send(c->fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                struct epoll_event e = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c };
                epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
                return;
            }
            if (errno != EINTR) return; /* the reading side sees the end */
        } else c->out_at += (size_t)n;
    }
    c->out_n = c->out_at = 0;
}

static void flush_all(void) {
    for (uint32_t i = 0; i < dirty_count; i++) {
        dirty[i]->dirty = 0;
        flush(dirty[i]);
    }
    dirty_count = 0;
}

static int open_connection(struct connection *c, uint32_t index, const char *id, int clean) {
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)o.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    c->index = index;
    c->ready = 0;
    c->next_id = 1;
    c->in_flight = 0;
    c->in_n = c->out_n = c->out_at = 0;
    if (connect(c->fd, (struct sockaddr *)&a, sizeof a)) {
        close(c->fd);
        c->fd = -1;
        return 0;
    }
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
    epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e);
    size_t n = strlen(id);
    uint8_t *p = room(c, 14 + n);
    memcpy(p, "\x10\x00\x00\x04MQTT\x04\x00\x00\x00\x00", 13);
    p[1] = (uint8_t)(12 + n);
    p[9] = clean ? 2 : 0;
    p[13] = (uint8_t)n;
    p[12] = 0;
    memcpy(p + 14, id, n);
    flush_all();
    return 1;
}

static void shut(struct connection *c, int politely) {
    if (c->fd < 0) return;
    if (politely) send(c->fd, "\xe0", 2, MSG_NOSIGNAL);
    close(c->fd);
    c->fd = -1;
}

/* ------------------------------------------------------------------ packets */
static void publish_next(struct connection *c, uint64_t at) {
    char topic[32];
    size_t n = (size_t)snprintf(topic, sizeof topic, "d/%llu", (unsigned long long)(next_topic++ % o.sessions)), rest = 2 + n + 2 + o.size;
    uint8_t *p = room(c, 3 + rest);
    *p++ = 0x32;
    *p++ = (uint8_t)(rest & 127) | 128; /* payloads are between 126 and 16,000 bytes: always two */
    *p++ = (uint8_t)(rest >> 7);
    *p++ = 0;
    *p++ = (uint8_t)n;
    memcpy(p, topic, n);
    p += n;
    *p++ = (uint8_t)(c->next_id >> 8);
    *p++ = (uint8_t)c->next_id;
    uint64_t number = o.first + published++;
    memcpy(p, &number, 8);
    for (uint32_t i = 8; i < o.size; i++) p[i] = (uint8_t)(number * 31 + i * (number | 1)); /* does not compress */
    c->sent_at[c->next_id % SLOTS] = at;
    c->in_flight++;
    if (!++c->next_id) c->next_id = 1;
}

static int may_publish(uint64_t at) { return publishing && at < stop_at && (!o.count || published < o.count); }

static void on_packet(struct connection *c, uint8_t head, const uint8_t *body, uint32_t n, uint64_t at) {
    switch (head >> 4) {
    case 2:
        if (n < 2 || body[1]) die("CONNACK with code %d", n > 1 ? body[1] : -1);
        c->ready = 1;
        ready_count++;
        break;
    case 9:
        subscribed_count++;
        break;
    case 4: {
        uint16_t id = (uint16_t)(body[0] << 8 | body[1]);
        acked++;
        last_ack_at = at;
        c->in_flight--;
        uint64_t began = c->sent_at[id % SLOTS];
        if (at >= measure_from && at < stop_at) {
            hist_add(at - began);
            measured++;
        }
        while (c->in_flight < o.window && may_publish(at)) publish_next(c, at);
        break;
    }
    case 3: {
        uint32_t topic = (uint32_t)body[0] << 8 | body[1], skip = 2 + topic + ((head & 6) ? 2 : 0);
        uint64_t number = UINT64_MAX;
        if (n >= skip + 8) memcpy(&number, body + skip, 8);
        if (!first_at) first_at = at;
        last_at = at;
        if (number >= o.expect && o.expect) foreign++;
        else if (o.expect && seen[number / 8] & 1 << number % 8) doubled++;
        else {
            if (o.expect) seen[number / 8] |= (uint8_t)(1 << number % 8);
            received++;
        }
        if (head & 6 && !leave_on_message) { /* `first` only looks: the message stays in the session */
            uint8_t *p = room(c, 4);
            p[0] = 0x40;
            p[1] = 2;
            p[2] = body[2 + topic];
            p[3] = body[3 + topic];
        }
        break;
    }
    default:
        break;
    }
}

/* False when the other side has gone. */
static int on_readable(struct connection *c) {
    for (int turns = 0; turns < 4; turns++) {
        if (c->in_n + 65536 > c->in_cap) c->in = realloc(c->in, c->in_cap = c->in_n + 131072);
        ssize_t n = recv(c->fd, c->in + c->in_n, c->in_cap - c->in_n, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
        if (n <= 0) return 0;
        c->in_n += (size_t)n;
        uint64_t at = now();
        size_t used = 0;
        for (;;) {
            size_t p = used + 1;
            uint32_t length = 0, shift = 0, whole = 0;
            while (p < c->in_n && shift <= 21) {
                uint8_t b = c->in[p++];
                length |= (uint32_t)(b & 127) << shift;
                shift += 7;
                if (!(b & 128)) { whole = 1; break; }
            }
            if (!whole || p + length > c->in_n) break;
            on_packet(c, c->in[used], c->in + p, length, at);
            used = p + length;
        }
        memmove(c->in, c->in + used, c->in_n - used);
        c->in_n -= used;
    }
    return 1;
}

static void turn(int wait_ms) {
    struct epoll_event events[512];
    int n = epoll_wait(poller, events, 512, wait_ms);
    for (int i = 0; i < n; i++) {
        struct connection *c = events[i].data.ptr;
        if (c->fd < 0) continue;
        if (events[i].events & EPOLLOUT) {
            struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
            epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
            flush(c);
        }
        if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !on_readable(c)) {
            closed_count++;
            shut(c, 0);
        }
    }
    flush_all();
}

static void prepare(uint32_t n, int slots) {
    connections = n;
    all = calloc(n, sizeof *all);
    dirty = calloc(n, sizeof *dirty);
    for (uint32_t i = 0; i < n; i++) {
        all[i].fd = -1;
        if (slots) all[i].sent_at = calloc(SLOTS, sizeof(uint64_t));
    }
}

static void connect_all(const char *prefix, int clean, uint64_t deadline) {
    char id[32];
    for (uint32_t i = 0; i < connections; i++) {
        snprintf(id, sizeof id, "%s-%u", prefix, i);
        if (!open_connection(&all[i], i, id, clean)) die("cannot connect: %s", strerror(errno));
        while (i + 1 - ready_count > 100 && now() < deadline) turn(10);
    }
    while (ready_count < connections) {
        if (closed_count) die("the broker closed a connection");
        if (now() > deadline) die("%u of %u connections in time", ready_count, connections);
        turn(10);
    }
}

/* ------------------------------------------------------------------ what the command line asks for */
static void make_sessions(uint64_t deadline) {
    prepare(o.sessions, 0);
    connect_all("bench", 0, deadline);
    for (uint32_t i = 0; i < connections; i++) {
        char topic[32];
        size_t n = (size_t)snprintf(topic, sizeof topic, "d/%u", i);
        uint8_t *p = room(&all[i], 7 + n);
        memcpy(p, "\x82\x00\x00\x01\x00", 5);
        p[1] = (uint8_t)(5 + n);
        p[5] = (uint8_t)n;
        memcpy(p + 6, topic, n);
        p[6 + n] = 1;
    }
    flush_all();
    while (subscribed_count < connections) {
        if (closed_count || now() > deadline) die("%u of %u SUBACKs", subscribed_count, connections);
        turn(10);
    }
    for (uint32_t i = 0; i < connections; i++) shut(&all[i], 1);
    printf("{\"sessions\": %u}\n", connections);
}

static void publish(uint64_t deadline) {
    prepare(o.pubs, 1);
    connect_all("bench-pub", 1, deadline);
    uint64_t began = now();
    measure_from = began + (o.count ? 0 : (uint64_t)(o.warmup * 1e9));
    if (!o.count) stop_at = measure_from + (uint64_t)(o.seconds * 1e9);
    publishing = 1;
    for (uint32_t w = 0; w < o.window; w++)
        for (uint32_t i = 0; i < connections; i++)
            if (may_publish(began)) publish_next(&all[i], now());
    flush_all();
    while (acked < published || may_publish(now())) {
        if (closed_count) die("the broker closed a connection after %llu acknowledgements", (unsigned long long)acked);
        if (now() > deadline) {
            if (!o.count) die("%llu of %llu acknowledged in time", (unsigned long long)acked, (unsigned long long)published);
            break;
        }
        turn(10);
    }
    double seconds = (o.count ? (double)(last_ack_at - began) : o.seconds * 1e9) / 1e9;
    for (uint32_t i = 0; i < connections; i++) shut(&all[i], 1);
    printf("{\"pubs\": %u, \"window\": %u, \"published\": %llu, \"acked\": %llu, \"per_second\": %.0f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"seconds\": %.2f}\n",
           o.pubs, o.window, (unsigned long long)published, (unsigned long long)acked, (double)measured / seconds, hist_ms(0.5), hist_ms(0.99), (double)hist_max / 1e6, seconds);
}

static void drain(uint64_t deadline) {
    prepare(o.sessions, 0);
    seen = calloc(o.expect / 8 + 1, 1);
    uint64_t began = now();
    connect_all("bench", 0, deadline);
    last_at = now();
    while (!o.expect || received < o.expect) {
        if (now() > deadline || now() - last_at > (uint64_t)(o.idle * 1e9)) break;
        if (closed_count) die("the broker closed a connection after %llu messages", (unsigned long long)received);
        turn(10);
    }
    turn(0);
    for (uint32_t i = 0; i < connections; i++) shut(&all[i], 1);
    double seconds = received ? (double)(last_at - began) / 1e9 : 0;
    printf("{\"received\": %llu, \"missing\": %llu, \"doubled\": %llu, \"foreign\": %llu, \"first_ms\": %.1f, \"seconds\": %.3f, \"per_second\": %.0f}\n",
           (unsigned long long)received, (unsigned long long)(o.expect > received ? o.expect - received : 0), (unsigned long long)doubled, (unsigned long long)foreign,
           first_at ? (double)(first_at - began) / 1e6 : -1, seconds, seconds > 0 ? (double)received / seconds : 0);
}

static void first(uint64_t deadline) {
    char id[32];
    snprintf(id, sizeof id, "bench-%u", o.session);
    prepare(1, 0);
    leave_on_message = 1;
    uint64_t began = o.since ? o.since : now(), connack_at = 0;
    while (!received && now() < deadline) {
        if (all[0].fd < 0 && !open_connection(&all[0], 0, id, 0)) {
            usleep(1000);
            continue;
        }
        turn(10);
        if (ready_count && !connack_at) connack_at = now();
    }
    shut(&all[0], 1);
    printf("{\"connack_ms\": %.1f, \"first_ms\": %.1f}\n", connack_at ? (double)(connack_at - began) / 1e6 : -1, received ? (double)(first_at - began) / 1e6 : -1);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    for (int i = 2; i + 1 < argc; i += 2) {
        const char *k = argv[i];
        double v = atof(argv[i + 1]);
        uint64_t n = strtoull(argv[i + 1], NULL, 10);
        if (!strcmp(k, "--port")) o.port = (int)n;
        else if (!strcmp(k, "--sessions")) o.sessions = (uint32_t)n;
        else if (!strcmp(k, "--session")) o.session = (uint32_t)n;
        else if (!strcmp(k, "--pubs")) o.pubs = (uint32_t)n;
        else if (!strcmp(k, "--window")) o.window = (uint32_t)n;
        else if (!strcmp(k, "--size")) o.size = (uint32_t)n;
        else if (!strcmp(k, "--count")) o.count = n;
        else if (!strcmp(k, "--first")) o.first = n;
        else if (!strcmp(k, "--expect")) o.expect = n;
        else if (!strcmp(k, "--since")) o.since = n;
        else if (!strcmp(k, "--seconds")) o.seconds = v;
        else if (!strcmp(k, "--warmup")) o.warmup = v;
        else if (!strcmp(k, "--timeout")) o.timeout = v;
        else if (!strcmp(k, "--idle")) o.idle = v;
        else die("unknown option %s", k);
    }
    if (o.window >= SLOTS || o.size < 128 || o.size > 16000) die("--window below %d, --size from 128 to 16000", SLOTS);
    poller = epoll_create1(0);
    uint64_t deadline = now() + (uint64_t)(o.timeout * 1e9);
    if (!strcmp(what, "sessions")) make_sessions(deadline);
    else if (!strcmp(what, "publish")) publish(deadline);
    else if (!strcmp(what, "drain")) drain(deadline);
    else if (!strcmp(what, "first")) first(deadline);
    else die("usage: durable sessions|publish|drain|first [--port N] ...");
    return 0;
}
