package dev.rlmbeam.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Marked parts of example files, and fenced blocks of documents. */
final class Regions {
  private static final Path HERE = Path.of("src/test/java/dev/rlmbeam/examples");
  private static final Path ROOT = Path.of("..");

  private Regions() {}

  /** What stands between {@code // region NAME} and {@code // endregion}, without its indent. */
  static String of(String example, String name) throws IOException {
    String file = Files.readString(HERE.resolve(example + ".java"));
    Matcher region =
        Pattern.compile(
                "\\n *// region " + Pattern.quote(name) + "\\n(.*?)\\n *// endregion\\n",
                Pattern.DOTALL)
            .matcher(file);
    if (!region.find()) {
      throw new AssertionError(example + ".java has no region " + name);
    }
    return region.group(1).stripIndent() + "\n";
  }

  /** A document of the project, by its path from the root. */
  static String document(String path) throws IOException {
    return Files.readString(ROOT.resolve(path));
  }

  /** The part of a document under a heading, up to the next one of its level. */
  static String section(String document, String heading) {
    String level = heading.substring(0, heading.indexOf(' ') + 1);
    int from = document.indexOf("\n" + heading + "\n");
    if (from < 0) {
      throw new AssertionError("there is no heading " + heading);
    }
    int to = document.indexOf("\n" + level, from + 1);
    return document.substring(from, to < 0 ? document.length() : to);
  }

  /** The fenced blocks in a language, in their order. */
  static List<String> blocks(String document, String language) {
    Matcher fence =
        Pattern.compile("\\n```" + language + "\\n(.*?)```\\n", Pattern.DOTALL).matcher(document);
    List<String> blocks = new ArrayList<>();
    while (fence.find()) {
      blocks.add(fence.group(1));
    }
    return blocks;
  }
}
