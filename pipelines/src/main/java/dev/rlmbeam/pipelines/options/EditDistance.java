package dev.rlmbeam.pipelines.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * How many letters have to change to make one name of another; upper and lower case are the same.
 */
public final class EditDistance {
  private EditDistance() {}

  /** The name that is nearest to a wrong one, if any is near. */
  public static Optional<String> nearest(String wrong, Collection<String> names) {
    int far = Math.max(2, wrong.length() / 3);
    return names.stream()
        .filter(name -> between(wrong, name) <= far)
        .min(Comparator.comparingInt(name -> between(wrong, name)));
  }

  static int between(String first, String second) {
    String a = first.toLowerCase(Locale.ROOT);
    String b = second.toLowerCase(Locale.ROOT);
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
