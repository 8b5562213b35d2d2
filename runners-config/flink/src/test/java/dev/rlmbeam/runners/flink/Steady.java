package dev.rlmbeam.runners.flink;

import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks at a run between a quarter and three quarters of its calls: how many calls are in flight at
 * the model server, and how busy the machine's processors are (Linux, {@code /proc/stat}).
 */
final class Steady {
  private static final int EVERY_MILLIS = 20;

  private final ModelServer server;
  private final long before;
  private final long expected;
  private long samples;
  private long inFlight;
  private long[] firstTicks = new long[2];
  private long[] lastTicks = new long[2];

  Steady(ModelServer server, long expectedCalls) {
    this.server = server;
    this.before = server.calls();
    this.expected = expectedCalls;
  }

  /** Looks until the run is over. */
  FlinkRig.Outcome watch(FlinkRig.Running running) throws IOException, InterruptedException {
    while (running.process().isAlive()) {
      long calls = server.calls() - before;
      if (calls > expected / 4 && calls < expected * 3 / 4) {
        if (samples == 0) {
          firstTicks = ticks();
        }
        samples++;
        inFlight += server.inFlight();
        lastTicks = ticks();
      }
      TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
    }
    return running.await();
  }

  /** The mean of calls in flight. */
  double inFlight() {
    return samples == 0 ? 0 : (double) inFlight / samples;
  }

  /** The share of all processors' time that was used, by whatever process. */
  double busy() {
    long all = lastTicks[1] - firstTicks[1];
    return all == 0 ? 0 : (double) (lastTicks[0] - firstTicks[0]) / all;
  }

  private static long[] ticks() throws IOException {
    List<String> fields =
        List.of(Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+"));
    long all = 0;
    for (int i = 1; i <= 8; i++) {
      all += Long.parseLong(fields.get(i));
    }
    long idle = Long.parseLong(fields.get(4)) + Long.parseLong(fields.get(5));
    return new long[] {all - idle, all};
  }
}
