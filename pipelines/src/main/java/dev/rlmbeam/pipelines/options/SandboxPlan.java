package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import dev.rlmbeam.transforms.SandboxesFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where code runs, read from the options and checked. Immutable.
 *
 * @param factory what makes the sandboxes, on this machine and on each worker
 * @param local what makes local ones, whether or not they are used
 * @param spec what each is like
 * @param isolation how elements share them
 * @param sessionsPerSandbox at a time
 * @param maxSandboxes at a time, per worker
 * @param usdPerSecond what a second of one costs; 0 if that is not known
 */
record SandboxPlan(
    SandboxesFactory factory,
    LocalSandboxesFactory local,
    SandboxSpec spec,
    Isolation isolation,
    int sessionsPerSandbox,
    int maxSandboxes,
    double usdPerSecond) {
  private static final Logger log = LoggerFactory.getLogger(SandboxPlan.class);
  private static final int LIFE_FACTOR = 4;
  private static final int LEAST_FACTOR = 2;
  private static final Duration LONGEST_LIFE = Duration.ofHours(24);

  /** Where code runs. */
  enum Kind {
    LOCAL,
    MODAL
  }

  /**
   * Reads and checks. Nothing is opened or called.
   *
   * @param elementTimeout how long an element may take
   * @param offline whether no language model writes the code
   * @param maxInFlight elements at a time
   * @throws UsageException that names the option, its value and what is allowed
   */
  static SandboxPlan of(
      RlmOptions options, Duration elementTimeout, boolean offline, int maxInFlight) {
    Kind kind = Choice.of("sandbox", options.getSandbox(), Kind.class);
    LocalSandboxesFactory local =
        new LocalSandboxesFactory(
            Choice.of("localIsolation", options.getLocalIsolation(), LocalIsolation.class),
            Objects.requireNonNullElse(options.getPython(), ""),
            offline);
    int asked = Range.atLeast("maxSandboxes", options.getMaxSandboxes(), 0);
    SandboxSpec spec = spec(options, elementTimeout);
    if (kind == Kind.MODAL && spec.timeout().compareTo(LONGEST_LIFE) > 0) {
      throw new UsageException(
          String.format(
              "--elementTimeout=%s is more than half of the longest life that a sandbox can have"
                  + " (--sandboxTimeout=24h); make it 12h or less.",
              options.getElementTimeout()));
    }
    String prices = options.getSandboxPrices();
    return new SandboxPlan(
        kind == Kind.MODAL ? modal(options) : local,
        local,
        spec,
        Choice.of("isolation", options.getIsolation(), Isolation.class),
        Range.within("sessionsPerSandbox", options.getSessionsPerSandbox(), 1, 1000),
        asked > 0 ? asked : maxInFlight,
        prices == null ? 0 : SandboxPrices.read(prices).usdPerSecond(spec.cloud()));
  }

  private static ModalSandboxesFactory modal(RlmOptions options) {
    ModalSandboxesFactory factory = ModalPlan.factory(options);
    try {
      Objects.requireNonNull(factory.trust());
    } catch (SandboxException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
    return factory;
  }

  private static SandboxSpec spec(RlmOptions options, Duration elementTimeout) {
    int lease = Range.within("leaseSeconds", options.getLeaseSeconds(), 3, 600);
    int memory = Range.atLeast("sessionMemoryMib", options.getSessionMemoryMib(), 64);
    try {
      return SandboxSpec.defaults()
          .withTimeout(life(options, elementTimeout))
          .withLease(Duration.ofSeconds(lease))
          .withSessionMemoryMib(memory)
          .withEnvironment(ModalPlan.environment(options))
          .withCloud(ModalPlan.cloud(options));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--sandboxEnv: " + e.getMessage(), e);
    }
  }

  /** A sandbox takes new elements until it is near its end: its life is several elements long. */
  private static Duration life(RlmOptions options, Duration elementTimeout) {
    String given = options.getSandboxTimeout();
    if (given == null) {
      Duration elements = elementTimeout.multipliedBy(LIFE_FACTOR);
      Duration usual = SandboxSpec.defaults().timeout();
      Duration life = elements.compareTo(usual) > 0 ? elements : usual;
      Duration least = elementTimeout.multipliedBy(LEAST_FACTOR);
      return life.compareTo(LONGEST_LIFE) > 0 && least.compareTo(LONGEST_LIFE) <= 0
          ? LONGEST_LIFE
          : life;
    }
    Duration life = TimeSpan.parse("sandboxTimeout", given);
    Duration least = elementTimeout.multipliedBy(LEAST_FACTOR);
    if (life.compareTo(least) < 0) {
      throw new UsageException(
          String.format(
              "--sandboxTimeout=%s is less than twice --elementTimeout=%s, so sandboxes would end"
                  + " in the middle of elements; make it %ds or more, or --elementTimeout shorter.",
              given, options.getElementTimeout(), least.toSeconds()));
    }
    if (life.compareTo(LONGEST_LIFE) > 0) {
      throw UsageException.ofValue("sandboxTimeout", given, "at most 24h");
    }
    return life;
  }

  /**
   * What this machine has for a run.
   *
   * @param plan the same, with what was made ready for all workers
   * @param sandbox what code will run in, for a person
   * @param isolation how elements share sandboxes here: {@code bundle} or {@code element}
   */
  record Ready(SandboxPlan plan, String sandbox, String isolation) {}

  /**
   * Tries whether sandboxes can be had, and has Modal build the image. None is opened.
   *
   * @param remote whether workers are other machines; what these have for local ones is not known
   * @throws UsageException with the cure
   */
  Ready ready(boolean remote) {
    if (remote && factory == local) {
      return new Ready(
          this, "local processes on each worker", isolation.name().toLowerCase(Locale.ROOT));
    }
    try (Sandboxes sandboxes = factory.create()) {
      SandboxPlan plan = this;
      String what = sandboxes.describe();
      if (sandboxes instanceof ModalSandboxes modal
          && factory instanceof ModalSandboxesFactory made) {
        String image = modal.buildImage(spec.cloud());
        plan = withFactory(made.withImageId(image));
        what += ", app " + spec.cloud().app() + ", image " + image;
      }
      // Where sessions cannot be kept apart, each gets a sandbox.
      Isolation found = sandboxes.sessionsApart() ? isolation : Isolation.ELEMENT;
      return new Ready(plan, what, found.name().toLowerCase(Locale.ROOT));
    } catch (SandboxException e) {
      throw new UsageException("No sandbox can be opened: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException("interrupted while sandboxes were set up", e);
    }
  }

  /**
   * Opens a sandbox and closes it.
   *
   * @return what was opened, for a person
   * @throws UsageException when none can be opened
   */
  String tryOut() throws InterruptedException {
    try (Sandboxes sandboxes = factory.create();
        Sandbox sandbox = sandboxes.open(spec)) {
      return sandbox.id() + " opened: " + sandboxes.describe();
    } catch (SandboxException e) {
      throw new UsageException("No sandbox can be opened: " + e.getMessage(), e);
    }
  }

  /** Ends sandboxes of the run that were left behind: a worker was killed, say. Best effort. */
  void sweep(String runId) {
    if (!(factory instanceof ModalSandboxesFactory modal)) {
      return; // local ones end with their worker
    }
    try (ModalSweep sweep = ModalSweep.open(modal.config(), modal.trust())) {
      Map<String, String> tags = Map.of(SandboxSpec.RUN_TAG, runId);
      for (ModalSweep.Found left : sweep.find(spec.cloud().app(), tags)) {
        boolean unused = sweep.terminate(left); // and logged
      }
    } catch (RuntimeException e) { // the run is over, and what became of it is not changed by this
      log.warn(
          "sandboxes of run {} may be left; they end with their leases: {}", runId, e.toString());
    } catch (InterruptedException e) {
      log.warn("sandboxes of run {} may be left; they end with their leases", runId);
      Thread.currentThread().interrupt();
    }
  }

  private SandboxPlan withFactory(SandboxesFactory newFactory) {
    return new SandboxPlan(
        newFactory, local, spec, isolation, sessionsPerSandbox, maxSandboxes, usdPerSecond);
  }
}
