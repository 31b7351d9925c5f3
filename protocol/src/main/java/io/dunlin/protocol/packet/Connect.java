package io.dunlin.protocol.packet;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT (3.1). {@code cleanStart} is the flag that 3.1 and 3.1.1 call clean session; {@code keepAliveSeconds} is 0 to 65,535,
 * 0 for none. The password is the array itself, not a copy.
 */
public record Connect(
        ProtocolVersion version,
        String clientId,
        boolean cleanStart,
        int keepAliveSeconds,
        Properties properties,
        @Nullable Will will,
        @Nullable String username,
        byte @Nullable [] password)
        implements Packet {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Connect that
                && version == that.version
                && clientId.equals(that.clientId)
                && cleanStart == that.cleanStart
                && keepAliveSeconds == that.keepAliveSeconds
                && properties.equals(that.properties)
                && Objects.equals(will, that.will)
                && Objects.equals(username, that.username)
                && Arrays.equals(password, that.password);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, clientId, cleanStart, keepAliveSeconds, properties, will, username);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Connect[version=" + version + ", clientId=" + clientId + ", cleanStart=" + cleanStart
                + ", keepAliveSeconds=" + keepAliveSeconds + ", properties=" + properties + ", will=" + will
                + ", username=" + username + ", password=" + (password == null ? "none" : "***") + "]";
    }
}
