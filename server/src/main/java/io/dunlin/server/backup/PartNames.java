package io.dunlin.server.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which files a backup is made of, and where they stand in the data folder. */
final class PartNames {
    /** The first part: what the backup says of itself. */
    static final String ABOUT = "backup.json";
    /** The last two: a checksum of each part before, and one of that list. */
    static final String SUMS = "SHA256SUMS";

    static final String SUM_OF_SUMS = "SHA256SUMS.sha256";
    /** The configuration at that time, for people: it is not restored. */
    static final String CONFIGURATION = "information/dunlin.conf";

    static final String IDENTITY = "identity";
    /** What is not in the store. */
    static final List<String> BESIDE = List.of("security/users.json", "security/bans.json", "console-users.json");

    private static final String DATA = "data/";
    private static final Pattern STORE = Pattern.compile("identity|state-\\d{10}\\.log|log-\\d{10}\\.seg");
    /** What else of the store is in the way of another one. */
    private static final Pattern LEFT_OVER = Pattern.compile("log-\\d{10}\\.cmp");

    private static final List<String> LEFT_OVER_BESIDE =
            List.of("security/users.json.previous", "console-first-password");

    private PartNames() {}

    /** The name in the backup of a file of the data folder. */
    static String of(String file) {
        return DATA + file;
    }

    /** Whether a part of this name may be in a backup between the first and the last two. */
    static boolean isKnown(String part) {
        return part.equals(CONFIGURATION) || isData(part);
    }

    /** Whether it is a file of the data folder; no other name leads to a file. */
    static boolean isData(String part) {
        if (!part.startsWith(DATA)) {
            return false;
        }
        String file = file(part);
        return BESIDE.contains(file) || STORE.matcher(file).matches();
    }

    /** The file in the data folder. */
    static String file(String part) {
        return part.substring(DATA.length());
    }

    /** The files of a data folder in whose place a backup would come. */
    static List<String> present(Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> STORE.matcher(name).matches()
                            || LEFT_OVER.matcher(name).matches())
                    .sorted()
                    .forEach(found::add);
        }
        Stream.concat(BESIDE.stream(), LEFT_OVER_BESIDE.stream())
                .filter(name -> Files.exists(folder.resolve(name)))
                .forEach(found::add);
        return found;
    }
}
