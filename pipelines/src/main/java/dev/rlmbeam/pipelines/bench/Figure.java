package dev.rlmbeam.pipelines.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What is measured, in the order of the table. Keys, targets and references are interface. */
enum Figure {
  NOOP("noop_p50_ms", "no-op code block", 3, "210 ms"),
  NOOP_10MB("noop_10mb_state_p50_ms", "the same, 10 MB of state", 3, "502 ms"),
  QUERY("llm_query_p50_ms", "llm_query round trip", 3, "110 ms"),
  QUERY_THREADS("llm_query_64_threads_ms", "64 llm_query in 64 threads", 120, "3724 ms"),
  QUERY_BATCHED("llm_query_batched_64_ms", "llm_query_batched of 64", 120, "290 ms"),
  DELAYED_1("llm_query_delay20_1_p50_ms", "llm_query, 20 ms each way", Targets.DELAYED, ""),
  DELAYED_32("llm_query_delay20_32_p50_ms", "the same in 32 sessions", Targets.DELAYED, ""),
  SESSION("session_p50_ms", "session opened and closed", 15, ""),
  SANDBOX_READY("sandbox_ready_p50_ms", "sandbox to ready", 400, "2004 ms"),
  CONTEXT_100MB("context_100mb_ms", "context of 100 MB", 2500, "46 KB most"),
  CONTEXT_1GB("context_1gb_ms", "context of 1 GB", OptionalDouble.empty(), "46 KB most"),
  ELEMENT("element_p50_ms", "element: 3 turns, 12 calls", 60, "3711 ms"),
  ENGINE("engine_256_efficiency", "slots at work, 256 of them", 0.95, ""),
  ASK("ask_first_turn_ms", "ask, to its first turn", 3000, "");

  /** Constants cannot be named before the enum's own. */
  private static final class Targets {
    /** 1.3 round trips of 40 ms and 3 ms more. */
    static final double DELAYED = 1.3 * 40 + 3;
  }

  private final String key;
  private final String label;
  private final OptionalDouble target;
  private final String reference;

  Figure(String key, String label, double target, String reference) {
    this(key, label, OptionalDouble.of(target), reference);
  }

  Figure(String key, String label, OptionalDouble target, String reference) {
    this.key = key;
    this.label = label;
    this.target = target;
    this.reference = reference;
  }

  /** The figure of a key. */
  static Optional<Figure> find(String key) {
    return Arrays.stream(values()).filter(figure -> figure.key.equals(key)).findFirst();
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(Figure::key).toList();
  }

  /** Its name in JSON and in {@code --only}: that of the median. */
  String key() {
    return key;
  }

  /** The name of its 95th percentile; none for a share, which is one number a run. */
  Optional<String> p95Key() {
    if (isShare()) {
      return Optional.empty();
    }
    return Optional.of(
        key.contains("_p50_") ? key.replace("_p50_", "_p95_") : key.replaceAll("_ms$", "_p95_ms"));
  }

  String label() {
    return label;
  }

  /** What the median is to stay under, in milliseconds; a share is to reach it. */
  OptionalDouble target() {
    return target;
  }

  /** What the Python reference needs, where that was measured; else empty. */
  String reference() {
    return reference;
  }

  /** A share of 1 in place of a time: more is better. */
  boolean isShare() {
    return this == ENGINE;
  }

  boolean meetsTarget(double median) {
    if (target.isEmpty()) {
      return true;
    }
    return isShare() ? median >= target.getAsDouble() : median < target.getAsDouble();
  }
}
