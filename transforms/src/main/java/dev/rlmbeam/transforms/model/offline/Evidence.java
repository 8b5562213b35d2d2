package dev.rlmbeam.transforms.model.offline;

import java.util.Locale;
import java.util.Set;

/** What stretches of text name: persons, times, numbers, places, reasons; each by its looks. */
final class Evidence {
  private static final Set<String> MONTHS =
      words(
          "january february march april may june july august september october"
              + " november december monday tuesday wednesday thursday friday saturday"
              + " sunday today yesterday century morning evening spring summer autumn"
              + " winter");
  private static final Set<String> NUMBERS =
      words(
          "one two three four five six seven eight nine ten eleven twelve"
              + " thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
              + " thirty forty fifty sixty seventy eighty ninety hundred thousand"
              + " million billion dozen half twice percent zero once double third"
              + " quarter");
  private static final Set<String> ROLES =
      words(
          "author authors contributors members team company foundation committee"
              + " king queen president captain doctor professor director minister editor"
              + " founder mother father brother sister son daughter wife husband");
  private static final Set<String> NEAR_PLACES =
      words("in at near from on to under beside behind inside of");
  private static final Set<String> REASONS =
      words(
          "because since due therefore thus reason caused cause so to avoid"
              + " prevent allow as for");

  private Evidence() {}

  private static Set<String> words(String words) {
    return Set.of(words.split(" ", -1));
  }

  /**
   * Capitals inside a sentence, unless the whole sentence is in capitals and they say nothing; a
   * little also for a role or a year, where names are not written as names.
   */
  static double names(String text, int start, int end, Set<String> asked) {
    int words = 0;
    int shouted = 0;
    int names = 0;
    boolean role = false;
    boolean year = false;
    boolean first = true;
    Words word = new Words(text, start, end);
    while (word.next()) {
      String lower = word.lower();
      if (Character.isLetter(text.charAt(word.start()))) {
        words++;
        shouted += word.end() - word.start() > 2 && word.raw().equals(upper(lower)) ? 1 : 0;
      }
      role |= ROLES.contains(lower);
      year |= isYear(lower);
      boolean inner = !word.raw().substring(1).equals(lower.substring(Math.min(1, lower.length())));
      boolean name = inner || (word.capitalised() && word.end() - word.start() > 1 && !first);
      names += name && !asked.contains(Stems.of(lower)) && !StopWords.isStop(lower) ? 1 : 0;
      first &= !Character.isLetter(text.charAt(word.start()));
    }
    if (shouted * 10 > words * 6 && words > 2) {
      return 0.4;
    }
    if (names == 0) {
      return role || year ? 0.6 : 0.4;
    }
    // A sentence about somebody has names for a good part of its words.
    return (0.7 + 0.7 * Math.min(1, 3.0 * names / words)) * (year ? 1.1 : 1);
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  private static boolean isYear(String word) {
    return word.length() == 4
        && (word.charAt(0) == '1' || word.charAt(0) == '2')
        && word.chars().allMatch(Character::isDigit);
  }

  /** Years, months, days and times of day. */
  static int times(String text, int start, int end, Set<String> asked) {
    int found = 0;
    Words word = new Words(text, start, end);
    while (word.next()) {
      String lower = word.lower();
      boolean year =
          lower.length() == 4
              && lower.chars().allMatch(Character::isDigit)
              && lower.charAt(0) < '3';
      if ((year || (MONTHS.contains(lower) && (word.capitalised() || !lower.equals("may"))))
          && !asked.contains(Stems.of(lower))) {
        found++;
      } else if (word.hasDigit()
          && word.end() < end
          && ":/-.".indexOf(text.charAt(word.end())) >= 0) {
        found++;
      }
    }
    return found;
  }

  /** Numbers in digits and in words. */
  static int numbers(String text, int start, int end, Set<String> asked) {
    int found = 0;
    Words word = new Words(text, start, end);
    while (word.next()) {
      String lower = word.lower();
      if ((word.hasDigit() || NUMBERS.contains(lower)) && !asked.contains(Stems.of(lower))) {
        found++;
      }
    }
    return found;
  }

  /** Capitalised words after a word of place, and paths. */
  static int places(String text, int start, int end, Set<String> asked) {
    int found = 0;
    boolean afterPreposition = false;
    Words word = new Words(text, start, end);
    while (word.next()) {
      String lower = word.lower();
      boolean path = word.start() > start && text.charAt(word.start() - 1) == '/';
      if (path || (afterPreposition && !asked.contains(Stems.of(lower)))) {
        found += path || word.capitalised() ? 1 : 0;
      }
      afterPreposition = NEAR_PLACES.contains(lower) || (afterPreposition && lower.equals("the"));
    }
    return found;
  }

  /** Words that give a reason. */
  static int reasons(String text, int start, int end, Set<String> asked) {
    int found = 0;
    Words word = new Words(text, start, end);
    while (word.next()) {
      String lower = word.lower();
      found += REASONS.contains(lower) && !asked.contains(lower) ? 1 : 0;
    }
    return found;
  }
}
