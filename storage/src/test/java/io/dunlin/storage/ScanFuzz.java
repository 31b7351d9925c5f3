package io.dunlin.storage;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Segments of any bytes under a fuzzer ({@code JAZZER_FUZZ=1}), started by name; ScanFuzzTest repeats what it found. */
public class ScanFuzz {
    private static final ScanRules RULES = new ScanRules(1);

    @FuzzTest(maxDuration = "10m")
    public void keepsItsRules(byte[] data) {
        RULES.checkBytes(data);
    }
}
