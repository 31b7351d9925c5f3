package io.dunlin.cli.output;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** The conversions of C's strftime in the C locale. */
final class Strftime {
    private static final String[] DAYS = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    private static final String[] MONTHS = {
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December"
    };

    private Strftime() {}

    /** What %conversion gives; an unknown one stands for itself, percent sign included. */
    static String format(char conversion, ZonedDateTime time) {
        return switch (conversion) {
            case 'a' -> day(time).substring(0, 3);
            case 'A' -> day(time);
            case 'b', 'h' -> MONTHS[time.getMonthValue() - 1].substring(0, 3);
            case 'B' -> MONTHS[time.getMonthValue() - 1];
            case 'c' -> all("abeTY", " ", time);
            case 'C' -> two(Math.floorDiv(time.getYear(), 100));
            case 'd' -> two(time.getDayOfMonth());
            case 'D', 'x' -> all("mdy", "/", time);
            case 'e' -> padded(time.getDayOfMonth(), 2, ' ');
            case 'F' -> all("Ymd", "-", time);
            case 'g' -> two(Math.floorMod(time.get(IsoFields.WEEK_BASED_YEAR), 100));
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> two(time.getHour());
            case 'I' -> two(hour12(time));
            case 'j' -> padded(time.getDayOfYear(), 3, '0');
            case 'k' -> padded(time.getHour(), 2, ' ');
            case 'l' -> padded(hour12(time), 2, ' ');
            case 'm' -> two(time.getMonthValue());
            case 'M' -> two(time.getMinute());
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'r' -> all("IMS", ":", time) + " " + format('p', time);
            case 'R' -> all("HM", ":", time);
            case 's' -> String.valueOf(time.toEpochSecond());
            case 'S' -> two(time.getSecond());
            case 't' -> "\t";
            case 'T', 'X' -> all("HMS", ":", time);
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'U' -> two((time.getDayOfYear() + 6 - sundayBased(time)) / 7);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(sundayBased(time));
            case 'W' -> two((time.getDayOfYear() + 6 - (sundayBased(time) + 6) % 7) / 7);
            case 'y' -> two(Math.floorMod(time.getYear(), 100));
            case 'Y' -> String.valueOf(time.getYear());
            case 'z' -> offset(time);
            case 'Z' -> zone(time);
            case '%' -> "%";
            default -> "%" + conversion;
        };
    }

    private static String all(String conversions, String separator, ZonedDateTime time) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < conversions.length(); i++) {
            text.append(i == 0 ? "" : separator).append(format(conversions.charAt(i), time));
        }
        return text.toString();
    }

    private static String day(ZonedDateTime time) {
        return DAYS[sundayBased(time)];
    }

    private static int sundayBased(ZonedDateTime time) {
        return time.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : time.getDayOfWeek().getValue();
    }

    private static int hour12(ZonedDateTime time) {
        return (time.getHour() + 11) % 12 + 1;
    }

    /** As +0100. */
    static String offset(ZonedDateTime time) {
        int minutes = time.getOffset().getTotalSeconds() / 60;
        int size = Math.abs(minutes);
        return (minutes < 0 ? "-" : "+") + two(size / 60) + two(size % 60);
    }

    private static String zone(ZonedDateTime time) {
        boolean summer = time.getZone().getRules().isDaylightSavings(time.toInstant());
        String name = java.util.TimeZone.getTimeZone(time.getZone())
                .getDisplayName(summer, java.util.TimeZone.SHORT, Locale.US);
        return name.isEmpty() ? time.getZone().getDisplayName(TextStyle.SHORT, Locale.US) : name;
    }

    static String two(int number) {
        return padded(number, 2, '0');
    }

    static String padded(long number, int width, char pad) {
        String digits = String.valueOf(number);
        return digits.length() >= width ? digits : String.valueOf(pad).repeat(width - digits.length()) + digits;
    }

    /** As 2026-11-22T01:48:12. */
    static String isoSeconds(ZonedDateTime time) {
        return format('F', time) + "T" + format('T', time.truncatedTo(ChronoUnit.SECONDS));
    }
}
