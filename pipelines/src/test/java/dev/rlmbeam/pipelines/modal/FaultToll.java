package dev.rlmbeam.pipelines.modal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.testing.emulator.EmulatedSandbox;
import dev.rlmbeam.sandbox.testing.emulator.Fault;
import dev.rlmbeam.sandbox.testing.emulator.InjectedFault;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import dev.rlmbeam.sandbox.testing.emulator.RecordedRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What faults have struck in one run, and what they have cost it.
 *
 * @param struck how often, all together
 * @param sandboxes how many were hit: one of their calls, their creation, their tunnel, or their
 *     life
 * @param noticed the longest time from the end of a sandbox by a fault to the worker's word of it;
 *     empty if none was ended so while it was in use
 * @param slowestElement in seconds
 */
record FaultToll(int struck, int sandboxes, OptionalDouble noticed, double slowestElement) {
  private static final String CREATE = "SandboxCreateV2";
  private static final Set<Fault.Kind> DEADLY =
      Set.of(Fault.Kind.SANDBOX_EVICT, Fault.Kind.SANDBOX_TERMINATE);
  private static final Pattern ENDED =
      Pattern.compile("(\\S+) INFO \\S+ sandbox=(\\S+) has ended:");

  static FaultToll of(ModalEmulator emulator, List<InjectedFault> faults, RunOutput run)
      throws IOException {
    int struck = 0;
    Set<String> ids = new HashSet<>();
    Set<String> dead = new HashSet<>();
    boolean skewed = false;
    boolean creations = false;
    for (InjectedFault one : faults) {
      Fault.Kind kind = one.fault().kind();
      struck += one.struck();
      ids.addAll(one.sandboxIds());
      if (DEADLY.contains(kind)) {
        dead.addAll(one.sandboxIds());
      }
      skewed |= kind == Fault.Kind.AUTH_CLOCK_SKEW && one.struck() > 0;
      creations |= kind == Fault.Kind.CREATE_RATE;
    }
    if (skewed) { // each was asked for with such a token
      emulator.sandboxes().forEach(one -> ids.add(one.id()));
    }
    // A creation that is put off concerns a sandbox that has no id yet.
    int sandboxes = creations ? Math.max(ids.size(), repeated(emulator)) : ids.size();
    return new FaultToll(struck, sandboxes, noticed(emulator, dead, run), slowest(run));
  }

  /** Sandboxes that were asked for more than once. */
  private static int repeated(ModalEmulator emulator) {
    Map<String, Integer> attempts = new HashMap<>();
    for (RecordedRequest request : emulator.requests().recorded()) {
      if (request.rpc().equals(CREATE)) {
        attempts.merge(
            String.valueOf(request.metadata().get("x-idempotency-key")), 1, Integer::sum);
      }
    }
    return (int) attempts.values().stream().filter(count -> count > 1).count();
  }

  private static OptionalDouble noticed(ModalEmulator emulator, Set<String> dead, RunOutput run)
      throws IOException {
    // One whose creation was still being asked for could not be missed.
    Set<String> used = new HashSet<>();
    run.sessions().forEach(session -> used.add(session.sandbox()));
    Map<String, Instant> ends = new HashMap<>();
    for (EmulatedSandbox one : emulator.sandboxes()) {
      if (dead.contains(one.id()) && used.contains(one.id())) {
        one.ended().ifPresent(end -> ends.put(one.id(), end));
      }
    }
    OptionalDouble longest = OptionalDouble.empty();
    for (Matcher line = ENDED.matcher(run.log()); line.find(); ) {
      Instant end = ends.get(line.group(2));
      if (end != null) {
        double seconds = Duration.between(end, Instant.parse(line.group(1))).toMillis() / 1000.0;
        longest = OptionalDouble.of(Math.max(seconds, longest.orElse(0)));
      }
    }
    return longest;
  }

  private static double slowest(RunOutput run) throws IOException {
    double slowest = 0;
    for (JsonNode result : run.results()) {
      slowest = Math.max(slowest, result.path("seconds").asDouble());
    }
    return slowest;
  }
}
