package dev.rlmbeam.pipelines;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Shows a page on a terminal through {@code $PAGER}, by default {@code less}, which leaves alone
 * what fits on the screen; elsewhere, and where there is none, as it is.
 */
final class Pager {
  private static final int NOT_EXECUTABLE = 126; // as shells say it
  private static final int NOT_FOUND = 127;
  private static final List<String> LESS = List.of("less", "-FRX");

  private Pager() {}

  static void show(String page, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    boolean shown = false;
    if (console.outTerminal()) {
      interrupts.ignore(true);
      try {
        shown = paged(page);
      } finally {
        interrupts.ignore(false);
      }
    }
    if (!shown) {
      console.out().print(page);
      console.out().flush();
    }
  }

  /** False when no pager could be started. */
  private static boolean paged(String page) throws IOException, InterruptedException {
    String wanted = Objects.requireNonNullElse(System.getenv("PAGER"), "");
    List<String> command = wanted.isBlank() ? LESS : List.of("sh", "-c", wanted);
    Process pager;
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().putIfAbsent("LESS", "FRX"); // colours, whoever calls it
      pager = builder.start();
    } catch (IOException e) {
      return false;
    }
    try (OutputStream in = pager.getOutputStream()) {
      in.write(page.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Left before the page's end: that is the reader's right.
    }
    int exit = pager.waitFor();
    return exit != NOT_EXECUTABLE && exit != NOT_FOUND;
  }
}
