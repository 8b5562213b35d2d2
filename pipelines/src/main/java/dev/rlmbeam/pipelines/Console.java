package dev.rlmbeam.pipelines;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a person reads: results on {@code out}, everything about how it goes on {@code err}.
 *
 * @param out standard output
 * @param err standard error
 * @param terminal whether {@code err} is a terminal, on which a line can be redrawn
 * @param colours whether {@code out} is a terminal, and one that shows colours
 * @param columns width of the terminal
 */
record Console(PrintStream out, PrintStream err, boolean terminal, boolean colours, int columns) {
  private static final int DEFAULT_COLUMNS = 80;

  /**
   * The process's own. Whether it is a terminal is told by the launcher, because Java's word on it
   * differs from version to version.
   */
  static Console ofProcess() {
    return new Console(
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        Boolean.getBoolean("rlm.terminal"),
        Boolean.getBoolean("rlm.out.terminal") && showsColours(),
        Integer.getInteger("rlm.columns", DEFAULT_COLUMNS));
  }

  /** As https://no-color.org asks. */
  private static boolean showsColours() {
    String no = System.getenv("NO_COLOR");
    return (no == null || no.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
