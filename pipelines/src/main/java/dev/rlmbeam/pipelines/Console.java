package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.turns.Ink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a person reads: results on {@code out}, everything about how it goes on {@code err}.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param inTerminal whether standard input is a terminal, and nothing is piped in
 * @param terminal whether {@code err} is a terminal, on which a line can be redrawn
 * @param outTerminal whether {@code out} is a terminal
 * @param colours whether terminals may be written to in colours
 * @param columns width of the terminal
 */
record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inTerminal,
    boolean terminal,
    boolean outTerminal,
    boolean colours,
    int columns) {
  private static final int DEFAULT_COLUMNS = 80;

  /**
   * The process's own. Whether it is a terminal is told by the launcher, because Java's word on it
   * differs from version to version.
   */
  static Console ofProcess() {
    return new Console(
        System.in,
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        Boolean.getBoolean("rlm.in.terminal"),
        Boolean.getBoolean("rlm.terminal"),
        Boolean.getBoolean("rlm.out.terminal"),
        showsColours(),
        Integer.getInteger("rlm.columns", DEFAULT_COLUMNS));
  }

  /** Colours for {@code out}. */
  Ink outInk() {
    return new Ink(outTerminal && colours);
  }

  /** Colours for {@code err}. */
  Ink errInk() {
    return new Ink(terminal && colours);
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
