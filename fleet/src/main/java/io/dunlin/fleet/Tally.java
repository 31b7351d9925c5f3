package io.dunlin.fleet;

import java.util.concurrent.atomic.LongAdder;

/** What the devices of one group did so far. Counted and read by any thread. */
public final class Tally {
    private final String group;
    private final int devices;
    final LongAdder online = new LongAdder();
    final LongAdder connects = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder losses = new LongAdder();
    final LongAdder published = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder skipped = new LongAdder();
    final LongAdder commands = new LongAdder();
    private volatile String lastFailure = "";

    Tally(String group, int devices) {
        this.group = group;
        this.devices = devices;
    }

    public String group() {
        return group;
    }

    public int devices() {
        return devices;
    }

    /** Devices with a connection just now. */
    public long online() {
        return online.sum();
    }

    /** Connections made. */
    public long connects() {
        return connects.sum();
    }

    /** Attempts to connect that failed. */
    public long failures() {
        return failures.sum();
    }

    /** Connections that broke by themselves, so neither by plan nor by the simulated network. */
    public long losses() {
        return losses.sum();
    }

    /** Messages handed to the client. */
    public long published() {
        return published.sum();
    }

    /** Bytes of their payloads. */
    public long bytes() {
        return bytes.sum();
    }

    /** Messages written (QoS 0) or taken by the broker (QoS 1 and 2). */
    public long delivered() {
        return delivered.sum();
    }

    /** Messages that the broker refused. */
    public long refused() {
        return refused.sum();
    }

    /** Messages that were on the way when a connection ended, and did not go on with the next one. */
    public long lost() {
        return lost.sum();
    }

    /** Messages that devices did not send, since they were offline and do not keep them (or no more of them). */
    public long skipped() {
        return skipped.sum();
    }

    /** Commands received. */
    public long commands() {
        return commands.sum();
    }

    void lastFailure(String sentence) {
        lastFailure = sentence;
    }

    /** Why a device lost its connection or got none, last of all; empty where that never happened. */
    public String lastFailure() {
        return lastFailure;
    }
}
