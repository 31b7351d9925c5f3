package io.dunlin.storage;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Bodies of records and states under a fuzzer that watches which branches are taken ({@code JAZZER_FUZZ=1}), started by name. */
public class CodecFuzz {
    @FuzzTest(maxDuration = "10m")
    public void keepsItsRules(byte[] data) {
        if (data.length > 0) {
            CodecRules.check(data[0] & 0xFF, Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
