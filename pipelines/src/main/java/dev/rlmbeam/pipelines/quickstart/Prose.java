package dev.rlmbeam.pipelines.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Prose of one kind, such as minutes or letters, made of sentence patterns and word lists by a
 * seeded generator: the same seed makes the same text on every machine. Not thread-safe.
 */
final class Prose {
  private static final String COMMON = "common";

  private final Map<String, List<String>> lists = new HashMap<>();
  private final Random random;

  /**
   * @param kind name of its patterns: {@code minutes}, {@code letters}
   */
  Prose(String kind, long seed) {
    load(COMMON);
    load(kind);
    random = new Random(seed);
  }

  String heading() {
    return fill(pick("heading"));
  }

  String sentence() {
    String sentence = fill(pick("sentence"));
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  /** A whole number from {@code least} to {@code most}. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  private String fill(String pattern) {
    StringBuilder filled = new StringBuilder();
    int end = 0;
    while (true) {
      int open = pattern.indexOf('{', end);
      if (open < 0) {
        return filled.append(pattern, end, pattern.length()).toString();
      }
      int close = pattern.indexOf('}', open);
      filled.append(pattern, end, open).append(value(pattern.substring(open + 1, close)));
      end = close + 1;
    }
  }

  private String value(String slot) {
    return switch (slot) {
      case "day" -> String.valueOf(between(1, 28));
      case "small" -> String.valueOf(between(2, 9));
      case "number" -> String.valueOf(between(10, 99));
      case "money" -> String.format(Locale.ROOT, "%,d", between(100, 4999));
      case "year" -> String.valueOf(between(1801, 1899));
      case "time" -> between(5, 22) + "." + between(10, 59);
      case "letter" -> String.valueOf((char) ('A' + between(0, 7)));
      default -> fill(pick(slot));
    };
  }

  private String pick(String list) {
    List<String> values = lists.get(list);
    if (values == null) {
      throw new IllegalStateException("no list is called [" + list + "]");
    }
    return values.get(random.nextInt(values.size()));
  }

  private void load(String name) {
    String resource = name + ".txt";
    try (InputStream in = Prose.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " belongs to the jar");
      }
      List<String> current = new ArrayList<>();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        if (line.startsWith("[")) {
          current = new ArrayList<>();
          lists.put(line.substring(1, line.length() - 1), current);
        } else if (!line.isBlank()) {
          current.add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
