package dev.rlmbeam.transforms.model.offline;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What kind of thing an answer has to name, as the question's own words tell. */
enum AskedFor {
  PERSON,
  TIME,
  NUMBER,
  PLACE,
  REASON,
  ANYTHING;

  private static final Pattern TIME_WORDS =
      Pattern.compile(
          "\\b(when|what (year|date|day|month|time|century|decade)|which (year|date|day|month"
              + "|century|decade)|what year|since when|in what year|how long ago)\\b");
  private static final Pattern NUMBER_WORDS =
      Pattern.compile(
          "\\b(how (many|much|old|long|far|tall|high|deep|wide|heavy|large|big|fast|often|hot|cold)"
              + "|what (number|percentage|percent|proportion|fraction|size|length|height|depth"
              + "|weight|width|distance|speed|price|age|amount|limit|maximum|minimum|value"
              + "|temperature)|which (port|number|version|percentage))\\b");
  private static final Pattern PERSON_WORDS =
      Pattern.compile("\\b(who|whom|whose|which (person|author|company|woman|man))\\b");
  private static final Pattern PLACE_WORDS =
      Pattern.compile(
          "\\b(where|what (place|city|town|country|street|river|address)"
              + "|which (place|city|town|country|street|river|directory|folder))\\b");
  private static final Pattern REASON_WORDS =
      Pattern.compile("\\b(why|what (caused|reason|made)|for what reason|how come)\\b");

  static AskedFor of(String question) {
    String lower = question.toLowerCase(Locale.ROOT);
    if (TIME_WORDS.matcher(lower).find()) {
      return TIME;
    }
    if (NUMBER_WORDS.matcher(lower).find()) {
      return NUMBER;
    }
    if (PERSON_WORDS.matcher(lower).find()) {
      return PERSON;
    }
    if (PLACE_WORDS.matcher(lower).find()) {
      return PLACE;
    }
    return REASON_WORDS.matcher(lower).find() ? REASON : ANYTHING;
  }

  /**
   * How well a sentence could name such a thing: above 1 when it holds one that the question does
   * not itself mention, below 1 when it holds none.
   */
  double fit(String text, int start, int end, Set<String> asked) {
    return switch (this) {
      case PERSON -> Evidence.names(text, start, end, asked);
      case TIME -> 0.7 + 0.6 * Math.min(1, Evidence.times(text, start, end, asked));
      case NUMBER -> 0.7 + 0.6 * Math.min(1, Evidence.numbers(text, start, end, asked));
      case PLACE -> 0.85 + 0.3 * Math.min(1, Evidence.places(text, start, end, asked));
      case REASON -> 0.9 + 0.2 * Math.min(1, Evidence.reasons(text, start, end, asked));
      case ANYTHING -> 1;
    };
  }

  /** Words that often stand in an answer in the place of the question's own. */
  static List<String> kin(String stem) {
    return switch (stem) {
      case "old" -> List.of("age", "aged");
      case "tall", "high" -> List.of("height", "feet", "metr");
      case "deep" -> List.of("depth", "fathom");
      case "heavi" -> List.of("weigh", "weight");
      case "wide" -> List.of("width", "breadth");
      case "fast" -> List.of("spe", "veloc");
      case "large", "larg", "big" -> List.of("size");
      case "far" -> List.of("distanc", "mil");
      case "cost" -> List.of("pric", "pai");
      case "auth", "author" -> List.of("writ", "by");
      // The sign, and how it is typed: (c).
      case "copyright" -> List.of("\u00a9", "c");
      case "writ" -> List.of("auth", "author");
      default -> List.of();
    };
  }
}
