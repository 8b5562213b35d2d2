package dev.rlmbeam.pipelines.scale;

import dev.rlmbeam.pipelines.options.Choice;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.SandboxPrices;
import dev.rlmbeam.pipelines.options.TimeSpan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.sandbox.CloudSpec;
import org.jspecify.annotations.Nullable;

/** What options say of a run: the run, and its prices. */
record ScalePlan(ScaleRun run, Bill bill) {
  private static final long MOST_ELEMENTS = 1_000_000_000_000L;
  private static final int MOST_SLOTS = 1_000_000;

  private enum Sandbox {
    LOCAL,
    MODAL
  }

  /**
   * Checks them.
   *
   * @throws UsageException that names the option, its value and what is allowed
   */
  static ScalePlan of(ScaleOptions options) {
    Sandbox sandbox = Choice.of("sandbox", options.getSandbox(), Sandbox.class);
    long elements = options.getElements();
    if (elements < 1 || elements > MOST_ELEMENTS) {
      throw UsageException.ofValue("elements", elements, "1 to " + MOST_ELEMENTS);
    }
    Pair root = Pair.of("rootTokens", options.getRootTokens(), 1e9);
    Pair sub = Pair.of("subTokens", options.getSubTokens(), 1e9);
    Workers workers = workers(options);
    SandboxSide sandboxes = sandboxes(options, sandbox, workers);
    ScaleRun run =
        new ScaleRun(
            elements,
            Range.within("repeated", options.getRepeated(), 0, 1),
            workers,
            calls(options, sandbox, root, sub),
            new ModelQuota(
                Range.within("requestsPerMinute", options.getRequestsPerMinute(), 0, 1e9),
                Range.within("tokensPerMinute", options.getTokensPerMinute(), 0, 1e12)),
            cpu(options, sandbox),
            sandboxes,
            options.getSeed());
    Pair usd = Pair.of("modelUsd", options.getModelUsd(), 1e6);
    int turns = options.getTurns();
    int subCalls = options.getSubCalls();
    Bill bill =
        new Bill(
            usd.first(),
            usd.second(),
            sandboxSecond(options),
            Range.within("workerUsd", options.getWorkerUsd(), 0, 1e6),
            turns * (root.first() + subCalls * sub.first()),
            turns * (root.second() + subCalls * sub.second()));
    return new ScalePlan(run, bill);
  }

  private static Workers workers(ScaleOptions options) {
    Workers workers =
        new Workers(
            Range.within("workers", options.getWorkers(), 1, 10_000),
            Range.within("cores", options.getCores(), 0.1, 1024),
            options.getSharedCores(),
            Range.within("maxInFlight", options.getMaxInFlight(), 1, 10_000),
            Range.within("maxConnections", options.getMaxConnections(), 1, 100_000));
    long slots = (long) workers.count() * workers.maxInFlight();
    if (slots > MOST_SLOTS) {
      throw new UsageException(
          String.format(
              "--workers=%d with --maxInFlight=%d are %d elements at a time; at most %d can be"
                  + " foreseen.%nTake fewer of either.",
              workers.count(), workers.maxInFlight(), slots, MOST_SLOTS));
    }
    return workers;
  }

  private static Calls calls(ScaleOptions options, Sandbox sandbox, Pair root, Pair sub) {
    String latency = options.getLatency();
    String subLatency = options.getSubLatency();
    return new Calls(
        Range.within("turns", options.getTurns(), 1, 1000),
        Range.within("subCalls", options.getSubCalls(), 0, 10_000),
        seconds("latency", latency),
        subLatency == null ? seconds("latency", latency) : seconds("subLatency", subLatency),
        Range.within("latencySpread", options.getLatencySpread(), 0, 1),
        seconds("roundTrip", options.getRoundTrip(), sandbox == Sandbox.LOCAL ? 0 : 0.04),
        root.first() + root.second(),
        sub.first() + sub.second());
  }

  private static CpuCosts cpu(ScaleOptions options, Sandbox sandbox) {
    CpuCosts known = sandbox == Sandbox.LOCAL ? Known.LOCAL : Known.MODAL;
    return new CpuCosts(
        cost("elementCpu", options.getElementCpu(), known.element()),
        cost("turnCpu", options.getTurnCpu(), known.turn()),
        cost("subCallCpu", options.getSubCallCpu(), known.subCall()));
  }

  /** Where -1, which nobody can mean, stands for nothing given. */
  private static double cost(String option, double given, double known) {
    return given == -1 ? known : Range.within(option, given, 0, 1000);
  }

  private static SandboxSide sandboxes(ScaleOptions options, Sandbox sandbox, Workers workers) {
    SandboxSide sandboxes =
        new SandboxSide(
            seconds(
                "sandboxOpening", options.getSandboxOpening(), sandbox == Sandbox.LOCAL ? 0.3 : 5),
            Range.within("sessionsPerSandbox", options.getSessionsPerSandbox(), 1, 1000),
            Range.within(
                "sandboxCreatesPerSecond", options.getSandboxCreatesPerSecond(), 0.001, 10_000),
            Range.atLeast("sandboxQuota", options.getSandboxQuota(), 0));
    if (sandboxes.eachWorker(workers) == 0) {
      throw new UsageException(
          String.format(
              "--sandboxQuota=%d, but %d workers want a sandbox each.%nTake %d workers or fewer.",
              sandboxes.quota(), workers.count(), sandboxes.quota()));
    }
    return sandboxes;
  }

  private static double sandboxSecond(ScaleOptions options) {
    double cpu = options.getSandboxCpu();
    int memory = options.getSandboxMemoryMib();
    CloudSpec.Builder cloud = CloudSpec.defaults().toBuilder();
    if (cpu != 0) {
      cloud.cpu(Range.within("sandboxCpu", cpu, 0.125, 64));
    }
    if (memory != 0) {
      cloud.memoryMib(Range.within("sandboxMemoryMib", memory, 128, 344_064));
    }
    String prices = options.getSandboxPrices();
    return prices == null ? 0 : SandboxPrices.read(prices).usdPerSecond(cloud.build());
  }

  private static double seconds(String option, @Nullable String text, double without) {
    return text == null ? without : TimeSpan.parseOrZero(option, text).toMillis() / 1e3;
  }

  private static double seconds(String option, String text) {
    return TimeSpan.parse(option, text).toMillis() / 1e3;
  }
}
