package dev.rlmbeam.pipelines.scale;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What can bound a run. How many elements a second each lets through follows from a formula. */
enum Limit {
  /** Elements under way at a time. */
  SLOTS("slots", "raise --maxInFlight, or take more workers"),
  /** Processors. */
  CPU("processors", "take more workers or more cores, or move the sandboxes to the cloud"),
  /** Connections to the models. */
  CONNECTIONS("connections to the models", "raise --maxConnections"),
  /** The service's quota. */
  MODEL_QUOTA("model quota", "ask for more requests or tokens a minute, or use fewer a row"),
  /** The cloud's quota, where it takes slots away. */
  SANDBOX_QUOTA("sandbox quota", "raise --sessionsPerSandbox, or ask for more sandboxes");

  private final String label;
  private final String cure;

  Limit(String label, String cure) {
    this.label = label;
    this.cure = cure;
  }

  String label() {
    return label;
  }

  /** What to do about it. */
  String cure() {
    return cure;
  }

  /** How an option or a report names it: {@code modelQuota}. */
  String key() {
    return switch (this) {
      case SLOTS -> "slots";
      case CPU -> "cpu";
      case CONNECTIONS -> "connections";
      case MODEL_QUOTA -> "modelQuota";
      case SANDBOX_QUOTA -> "sandboxQuota";
    };
  }

  /** Elements a second that each of them lets through; infinite where there is no such limit. */
  static Map<Limit, Double> elementsPerSecond(ScaleRun run) {
    Workers workers = run.workers();
    Calls calls = run.calls();
    double each = calls.waitEach() + run.cpu().of(calls);
    double wanted = (double) workers.count() * workers.maxInFlight() / each;
    double had = run.slots() / each;
    Map<Limit, Double> rates = new EnumMap<>(Limit.class);
    rates.put(SLOTS, wanted);
    rates.put(SANDBOX_QUOTA, had < wanted ? had : Double.POSITIVE_INFINITY);
    rates.put(CPU, workers.allCores() / run.cpu().of(calls));
    rates.put(
        CONNECTIONS, (double) workers.count() * workers.maxConnections() / calls.secondsInCalls());
    rates.put(MODEL_QUOTA, run.quota().elementsPerSecond(calls));
    double worked = (double) run.elements() / run.runs(); // of what is worked on, not repeated
    rates.replaceAll((limit, rate) -> rate * worked);
    return rates;
  }

  /** The same, the lowest first. */
  static List<Map.Entry<Limit, Double>> inOrder(ScaleRun run) {
    return elementsPerSecond(run).entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry::getValue))
        .toList();
  }

  /**
   * Seconds of a run by formula: its first sandbox, all elements at the rate of what bounds it, and
   * the last ones' own time where that does not count already.
   */
  static double estimate(ScaleRun run) {
    double rate = inOrder(run).get(0).getValue();
    double each = run.calls().waitEach() + run.cpu().of(run.calls());
    double waves = Math.ceil((double) run.runs() / run.slots()) * each;
    // By slots alone a run goes in waves; what else bounds it works without a break.
    double atRate = run.elements() / rate;
    return run.sandboxes().open() + Math.max(waves, atRate);
  }
}
