package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Progress;
import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RunSnapshot;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows how a run goes on: one line that is redrawn on a terminal, a plain line every 10 s
 * elsewhere, and the first failed elements as they happen. Owns one thread until closed.
 */
final class ProgressScreen implements BatchRun.Screen {
  private static final int FIRST_FAILURES = 5;
  private static final Duration REDRAW = Duration.ofMillis(200);
  private static final Duration PLAIN_LINE = Duration.ofSeconds(10);
  private static final String ERASE_LINE = "\r\u001b[K";

  private final ProgressSource source;
  private final Console console;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final Set<String> shown = new HashSet<>();
  private final ScheduledExecutorService thread;
  private long nextPlainNanos;
  private int failuresShown;
  private String lastMessage = "";

  /** A screen that shows something when it is told to. */
  ProgressScreen(ProgressSource source, Console console, LongSupplier nanoTime) {
    this.source = source;
    this.console = console;
    this.nanoTime = nanoTime;
    startNanos = nanoTime.getAsLong();
    nextPlainNanos = startNanos + PLAIN_LINE.toNanos();
    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "progress");
              made.setDaemon(true);
              return made;
            });
  }

  /** Starts to show a run. */
  static ProgressScreen open(ProgressSource source, Console console) {
    ProgressScreen screen = new ProgressScreen(source, console, System::nanoTime);
    ScheduledFuture<?> unused =
        screen.thread.scheduleWithFixedDelay(
            screen::show, 0, REDRAW.toMillis(), TimeUnit.MILLISECONDS);
    return screen;
  }

  /** Prints a line between the others. */
  synchronized void say(String line) {
    console.err().print((console.terminal() ? ERASE_LINE : "") + line + "\n");
    console.err().flush();
  }

  /** Shows how far the run is. */
  void show() {
    show(false);
  }

  private synchronized void show(boolean last) {
    RunSnapshot rlm = source.rlm();
    ReadMonitor.Snapshot read = source.read();
    rlm.notices().stream().filter(shown::add).forEach(this::say);
    List<RlmFailure> failures = new ArrayList<>(read.firstFailures());
    failures.addAll(rlm.firstFailures());
    for (RlmFailure failure : failures) {
      if (failuresShown < FIRST_FAILURES
          && failure.errorClass() != FailureClass.CANCELLED
          && shown.add(failure.source() + "\n" + failure.id())) {
        failuresShown++;
        say(lines(failure));
      }
    }
    String line =
        new Progress(read, rlm, Duration.ofNanos(nanoTime.getAsLong() - startNanos)).line();
    if (console.terminal()) {
      int columns = Math.max(1, console.columns() - 1);
      String cut = line.length() <= columns ? line : line.substring(0, columns);
      console.err().print(ERASE_LINE + (last ? "" : cut));
      console.err().flush();
    } else if (!last && nanoTime.getAsLong() - nextPlainNanos >= 0) {
      nextPlainNanos += PLAIN_LINE.toNanos();
      say(line);
    }
  }

  /** What was said in full just before is not said again. */
  private String lines(RlmFailure failure) {
    String lines = FailureLines.of(failure);
    boolean same = failure.message().equals(lastMessage);
    lastMessage = failure.message();
    return same ? lines.lines().findFirst().orElse(lines) + ": the same" : lines;
  }

  @Override
  public void close() {
    thread.shutdown();
    show(true);
  }
}
