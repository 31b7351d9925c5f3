package io.dunlin.protocol.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.util.Arrays;

/** The decoder under a fuzzer that watches which branches are taken ({@code JAZZER_FUZZ=1}), started by name; FuzzInputsTest repeats what it found. */
public class DecoderFuzz {
    @FuzzTest(maxDuration = "10m")
    public void keepsItsRules(byte[] data) {
        if (data.length > 0) {
            Role role = Role.values()[(data[0] & 1)];
            ProtocolVersion version = ProtocolVersion.values()[Math.floorMod(data[0] >> 1, 3)];
            CodecRules.check(Arrays.copyOfRange(data, 1, data.length), role, version);
        }
    }
}
