package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.RunOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.Locale;

/** Whether all workers of a run together stay within the sandboxes that an account may have. */
final class SandboxQuota {

  private SandboxQuota() {}

  /**
   * Reckons with the most workers that the run can have, and with sandboxes that are full.
   *
   * @throws UsageException when they could want more than {@code --sandboxQuota}
   */
  static void check(RunOptions options, int workers) {
    int quota = Range.atLeast("sandboxQuota", options.getSandboxQuota(), 0);
    int each = sandboxesOfAWorker(options);
    if (quota == 0 || (long) workers * each <= quota) {
      return;
    }
    throw new UsageException(
        String.format(
            "--sandboxQuota=%d, but %d workers with %d sandboxes each may want %d at a time"
                + " (--maxInFlight=%d, --sessionsPerSandbox=%d, --isolation=%s).%n%s",
            quota,
            workers,
            each,
            (long) workers * each,
            options.getMaxInFlight(),
            options.getSessionsPerSandbox(),
            options.getIsolation().toLowerCase(Locale.ROOT),
            quota >= workers
                ? "Give --maxSandboxes=" + quota / workers + " or less, or take fewer workers."
                : "Take " + quota + " workers or fewer."));
  }

  private static int sandboxesOfAWorker(RunOptions options) {
    if (options.getMaxSandboxes() > 0) {
      return options.getMaxSandboxes();
    }
    boolean alone = options.getIsolation().equalsIgnoreCase("element");
    int sessions = alone ? 1 : Math.max(1, options.getSessionsPerSandbox());
    return (options.getMaxInFlight() + sessions - 1) / sessions;
  }
}
