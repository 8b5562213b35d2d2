package dev.rlmbeam.pipelines;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.pipelines.turns.CallView;
import dev.rlmbeam.pipelines.turns.TurnText;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.rlm.TurnWatcher;
import dev.rlmbeam.transforms.rlm.trajectory.BlockRecord;
import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Shows the turns of one run as they happen, and on a terminal, in a line that is redrawn, what it
 * waits for. Thread-safe; owns one thread until closed.
 */
final class LiveTurns implements TurnWatcher, BatchRun.Screen {
  private static final Duration REDRAW = Duration.ofMillis(200);
  private static final String ERASE_LINE = "\r\u001b[K";

  private final Console console;
  private final TurnText text;
  private final RunMonitor monitor;
  private final ScheduledExecutorService thread;
  private final Set<String> notices = new HashSet<>();

  @GuardedBy("this")
  private String waitingFor = "a sandbox";

  @GuardedBy("this")
  private long waitingSince = System.nanoTime();

  @GuardedBy("this")
  private int asked;

  @GuardedBy("this")
  private int attempts;

  private LiveTurns(Console console, boolean full, String runId) {
    this.console = console;
    this.text = new TurnText(console.errInk(), console.columns(), full);
    this.monitor = RunMonitor.of(runId);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "live-turns");
              made.setDaemon(true);
              return made;
            });
  }

  /** Starts to show a run. */
  static LiveTurns open(Console console, boolean full, String runId) {
    LiveTurns live = new LiveTurns(console, full, runId);
    live.monitor.watch(live);
    ScheduledFuture<?> unused =
        live.thread.scheduleWithFixedDelay(
            live::redraw, REDRAW.toMillis(), REDRAW.toMillis(), TimeUnit.MILLISECONDS);
    return live;
  }

  @Override
  public synchronized void started(RunRecord run) {
    if (++attempts > 1) {
      say(text.failure("The sandbox was lost; the question is asked again from the start."));
    }
    waitFor("a sandbox and its context");
  }

  @Override
  public synchronized void responded(int turn, String response, Duration elapsed) {
    say("\n" + text.heading("Turn " + turn, Figures.span(elapsed)) + text.says(response));
    waitFor("the root model");
  }

  @Override
  public synchronized void running(String code) {
    say(text.code(code));
    asked = 0;
    waitFor("the code");
  }

  @Override
  public synchronized void asked(SubCallRecord call) {
    asked++;
  }

  @Override
  public synchronized void ran(BlockRecord block) {
    List<CallView> calls = block.calls().stream().map(CallView::of).toList();
    say(text.asks(calls) + text.prints(block.stdout(), block.stderr()));
    asked = 0;
    waitFor("the root model");
  }

  @GuardedBy("this")
  private void waitFor(String what) {
    waitingFor = what;
    waitingSince = System.nanoTime();
  }

  @GuardedBy("this")
  private void say(String lines) {
    if (!lines.isEmpty()) {
      console.err().print((console.terminal() ? ERASE_LINE : "") + lines);
      console.err().flush();
    }
  }

  private synchronized void redraw() {
    for (String line : monitor.snapshot().notices()) {
      if (notices.add(line)) {
        say(text.text(line));
      }
    }
    if (console.terminal()) {
      Duration waited = Duration.ofNanos(System.nanoTime() - waitingSince);
      String calls = asked == 0 ? "" : ", " + asked + " sub-calls answered";
      String line = "  waiting for " + waitingFor + calls + ", " + Figures.clock(waited);
      int most = Math.max(1, console.columns() - 1);
      String cut = line.length() <= most ? line : line.substring(0, most);
      console.err().print(ERASE_LINE + console.errInk().faint(cut));
      console.err().flush();
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    synchronized (this) {
      monitor.watch(TurnWatcher.none());
      if (console.terminal()) {
        console.err().print(ERASE_LINE);
        console.err().flush();
      }
    }
  }
}
