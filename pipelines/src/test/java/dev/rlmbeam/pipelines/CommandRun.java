package dev.rlmbeam.pipelines;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A run of the command line in this JVM, and what it said and wrote. */
final class CommandRun {
  private final ExitCode exitCode;
  private final String out;
  private final String err;

  private CommandRun(ExitCode exitCode, String out, String err) {
    this.exitCode = exitCode;
    this.out = out;
    this.err = err;
  }

  static CommandRun of(String... arguments) {
    return of(Interrupts.none(), arguments);
  }

  static CommandRun of(Interrupts interrupts, String... arguments) {
    return of(interrupts, new Screen(false, false, false, 80), arguments);
  }

  /** With something piped in. */
  static CommandRun reading(String text, String... arguments) {
    InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return of(in, Interrupts.none(), new Screen(false, false, false, 80), arguments);
  }

  /** What a person sits in front of. */
  record Screen(boolean in, boolean terminal, boolean colours, int columns) {}

  static CommandRun of(Interrupts interrupts, Screen screen, String... arguments) {
    return of(InputStream.nullInputStream(), interrupts, screen, arguments);
  }

  private static CommandRun of(
      InputStream in, Interrupts interrupts, Screen screen, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            in,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            screen.in(),
            screen.terminal(),
            screen.terminal(),
            screen.colours(),
            screen.columns());
    ExitCode exitCode = Main.run(List.of(arguments), console, interrupts);
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  ExitCode exitCode() {
    return exitCode;
  }

  String out() {
    return out;
  }

  String err() {
    return err;
  }

  /** All lines of the files of a folder whose names begin so. */
  static List<String> lines(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .flatMap(CommandRun::read)
          .toList();
    }
  }

  private static Stream<String> read(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
