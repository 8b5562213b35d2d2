package dev.rlmbeam.pipelines.report;

import dev.rlmbeam.transforms.RunSnapshot;
import java.time.Duration;
import java.util.Locale;

/**
 * How far a run is, in one line: {@code 120/200 done, 64 in flight, 3 failed, 1,234 model calls,
 * 2.1M tokens, 0:42, 12.3/s}. Immutable.
 *
 * @param read rows read up to now
 * @param rlm what the transform knows
 * @param elapsed since the start
 */
public record Progress(ReadMonitor.Snapshot read, RunSnapshot rlm, Duration elapsed) {

  /** The line. */
  public String line() {
    long done = rlm.answered() + rlm.failed() + read.failed();
    long failed = rlm.failed() + read.failed();
    long known = read.tasks() + read.failed();
    double seconds = Math.max(0.001, elapsed.toMillis() / 1000.0);
    long tokens = rlm.usage().inputTokens() + rlm.usage().outputTokens();
    return String.format(
        Locale.ROOT,
        "%,d/%,d done, %,d in flight, %,d failed, %,d model calls, %s tokens, %s, %.1f/s",
        done,
        Math.max(known, done),
        rlm.inFlight(),
        failed,
        rlm.modelCalls(),
        Figures.count(tokens),
        Figures.clock(elapsed),
        done / seconds);
  }
}
