package io.dunlin.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what glibc's date(1) prints. */
class StrftimeTest {
    private static ZonedDateTime at(int year, int month, int day, int hour) {
        return ZonedDateTime.of(year, month, day, hour, 5, 9, 0, ZoneId.of("Europe/Berlin"));
    }

    @ParameterizedTest
    @CsvSource({
        "2021, 1, 1, U, 00",
        "2021, 1, 1, V, 53",
        "2021, 1, 1, W, 00",
        "2021, 1, 1, G, 2020",
        "2021, 1, 1, g, 20",
        "2021, 1, 3, U, 01",
        "2021, 1, 3, W, 00",
        "2021, 1, 4, W, 01",
        "2021, 1, 4, V, 01",
        "2021, 1, 3, u, 7",
        "2021, 1, 3, w, 0",
        "2024, 12, 31, j, 366",
        "2024, 12, 30, V, 01",
        "2024, 12, 30, G, 2025",
        "2024, 2, 9, e, ' 9'",
        "2024, 7, 1, z, +0200",
        "2024, 1, 1, z, +0100",
        "2024, 7, 1, Z, CEST",
        "2024, 1, 1, Z, CET",
        "1999, 1, 1, C, 19",
        "2009, 1, 1, y, 09",
    })
    void matchesGlibc(int year, int month, int day, char conversion, String printed) {
        assertThat(Strftime.format(conversion, at(year, month, day, 13))).isEqualTo(printed);
    }

    @Test
    void hoursOfTheClock() {
        assertThat(Strftime.format('I', at(2024, 1, 1, 0))).isEqualTo("12");
        assertThat(Strftime.format('l', at(2024, 1, 1, 13))).isEqualTo(" 1");
        assertThat(Strftime.format('r', at(2024, 1, 1, 12))).isEqualTo("12:05:09 PM");
        assertThat(Strftime.format('k', at(2024, 1, 1, 7))).isEqualTo(" 7");
    }
}
