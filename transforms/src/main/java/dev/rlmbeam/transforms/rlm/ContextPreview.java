package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.LoadedContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a context begins, for those who read its trajectory. */
final class ContextPreview {
  private static final int PREVIEW_CHARS = 500;

  private ContextPreview() {}

  /**
   * The head of the first context. Reads a little of it once more; that it cannot be read twice is
   * no reason to fail.
   */
  static String of(List<ContextSource> contexts, List<LoadedContext> loaded) {
    if (contexts.isEmpty() || loaded.isEmpty()) {
      return "(no context)";
    }
    long total = loaded.get(0).codePoints();
    try (InputStream in = contexts.get(0).open()) {
      byte[] bytes = in.readNBytes(4 * PREVIEW_CHARS);
      String head = CodePoints.head(new String(bytes, StandardCharsets.UTF_8), PREVIEW_CHARS);
      return total <= CodePoints.count(head)
          ? head
          : head + "... [" + total + " characters in all]";
    } catch (IOException | RuntimeException e) {
      return "(" + total + " characters from " + contexts.get(0).place() + ")";
    }
  }
}
