package io.dunlin.fleet.scenario;

import java.util.Collection;

/** What was perhaps meant by a misspelt word. */
final class Nearest {
    private Nearest() {}

    /** The known word that differs by the fewest letters, or an empty text where none is near. */
    static String of(String word, Collection<String> known) {
        String best = "";
        int bestDistance = word.length() < 4 ? 2 : Math.max(2, word.length() / 3) + 1;
        for (String each : known) {
            int distance = distance(word, each);
            if (distance < bestDistance) {
                best = each;
                bestDistance = distance;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(row[j - 1], above) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
