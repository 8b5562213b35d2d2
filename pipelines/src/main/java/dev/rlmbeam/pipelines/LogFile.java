package dev.rlmbeam.pipelines;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.logging.ErrorManager;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Takes the log of this program and of all libraries off the console and into a file. For a process
 * that is ours alone: it changes the logging of the whole JVM.
 */
final class LogFile implements AutoCloseable {
  // Held, because the logging system holds loggers weakly and would forget the handler with them.
  private static final Logger ROOT = Logger.getLogger("");

  private final Handler handler;

  private LogFile(Handler handler) {
    this.handler = handler;
  }

  /** Stops all logging to the console. */
  static void silenceConsole() {
    LogManager.getLogManager().reset();
    ROOT.setLevel(Level.INFO);
  }

  /** Logs into a file, whose folder is made if need be, until closed. */
  static LogFile open(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    // In this class '%' begins a placeholder.
    FileHandler handler = new FileHandler(file.toString().replace("%", "%%"), false);
    handler.setEncoding("UTF-8");
    handler.setErrorManager(new Silent());
    handler.setFormatter(new Line());
    ROOT.addHandler(handler);
    return new LogFile(handler);
  }

  @Override
  public void close() {
    ROOT.removeHandler(handler);
    handler.close();
  }

  /** A log that cannot be written is no reason to print stack traces between the lines of a run. */
  private static final class Silent extends ErrorManager {
    @Override
    public void error(String message, Exception e, int code) {}
  }

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord entry) {
      String line =
          Instant.ofEpochMilli(entry.getMillis())
              + " "
              + entry.getLevel()
              + " "
              + entry.getLoggerName()
              + " "
              + formatMessage(entry)
              + "\n";
      if (entry.getThrown() == null) {
        return line;
      }
      StringWriter trace = new StringWriter();
      entry.getThrown().printStackTrace(new PrintWriter(trace));
      return line + trace;
    }
  }
}
