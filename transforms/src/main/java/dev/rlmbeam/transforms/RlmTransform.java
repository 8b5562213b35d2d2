package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Runs a Recursive Language Model over each task of a collection. Every task comes out as exactly
 * one result or one failure, with its timestamp and windows.
 *
 * <pre>{@code
 * RlmTransform.Output answers =
 *     tasks.apply(RlmTransform.answering(model, sandboxes).withMaxInFlight(64));
 * answers.results();   // PCollection<RlmResult>
 * answers.failures();  // PCollection<RlmFailure>
 * }</pre>
 *
 * <p>Immutable: each {@code with} method returns a copy, and checks what it is given.
 */
public final class RlmTransform extends PTransform<PCollection<RlmTask>, RlmTransform.Output> {
  private static final long serialVersionUID = 1L;

  private final RlmConfiguration config;

  private RlmTransform(RlmConfiguration config) {
    this.config = config;
  }

  /**
   * A transform with this model as root model and as sub-model, and otherwise all defaults.
   *
   * @param sandboxes opens sandboxes on the worker
   */
  public static RlmTransform answering(ModelFactory model, SandboxesFactory sandboxes) {
    return new RlmTransform(
        RlmConfiguration.builder()
            .rootModel(model)
            .subModel(model)
            .sandboxes(sandboxes)
            .sandboxSpec(SandboxSpec.defaults())
            .isolation(Isolation.BUNDLE)
            .sessionsPerSandbox(8)
            .maxSandboxes(128)
            .settings(RlmSettings.defaults())
            .maxInFlight(64)
            .maxInFlightMib(512)
            .maxAttempts(3)
            .sandboxUsdPerSecond(0)
            .subCallThreads(64)
            .runMaxModelCalls(0)
            .closeGrace(Duration.ofSeconds(30))
            .resultStore(ResultStore.none())
            .reports(WorkerReports.none())
            .trajectories(TrajectoryPlan.none())
            .spread(Spread.AUTO)
            .manyWindows(false)
            .runId("run-" + UUID.randomUUID())
            .key("")
            .build());
  }

  /** The model that {@code llm_query()} reaches; default the root model. */
  public RlmTransform withSubModel(ModelFactory model) {
    return with(config.toBuilder().subModel(model));
  }

  /**
   * What sandboxes are to be like; default {@link SandboxSpec#defaults()}, with a longer life where
   * {@code elementTimeout} needs one. A sandbox lives for twice {@code elementTimeout} at least.
   */
  public RlmTransform withSandboxSpec(SandboxSpec spec) {
    return with(config.toBuilder().sandboxSpec(spec));
  }

  /** How elements share sandboxes; default {@link Isolation#BUNDLE}. */
  public RlmTransform withIsolation(Isolation isolation) {
    return with(config.toBuilder().isolation(isolation));
  }

  /**
   * Elements that one sandbox serves at once, with {@link Isolation#BUNDLE}; 1 or more, default 8.
   */
  public RlmTransform withSessionsPerSandbox(int count) {
    return with(config.toBuilder().sessionsPerSandbox(count));
  }

  /**
   * Sandboxes a worker has open at most; 1 or more, default 128. Elements wait for one within their
   * time.
   */
  public RlmTransform withMaxSandboxes(int count) {
    return with(config.toBuilder().maxSandboxes(count));
  }

  /** Limits and prompts of each RLM; default {@link RlmSettings#defaults()}. */
  public RlmTransform withSettings(RlmSettings settings) {
    return with(config.toBuilder().settings(settings));
  }

  /** Elements in flight on a worker; 1 or more, default 64. */
  public RlmTransform withMaxInFlight(int count) {
    return with(config.toBuilder().maxInFlight(count));
  }

  /**
   * MiB of heap that the contexts in flight on a worker may take; 1 or more, default 512. A larger
   * context is let in alone.
   */
  public RlmTransform withMaxInFlightMib(int mib) {
    return with(config.toBuilder().maxInFlightMib(mib));
  }

  /** How often an element is begun when sandboxes are lost under it; 1 or more, default 3. */
  public RlmTransform withMaxAttempts(int count) {
    return with(config.toBuilder().maxAttempts(count));
  }

  /**
   * What a second of one sandbox costs, in US dollars; results then tell the costs of their
   * sandboxes' time. 0 or more, default 0, which is not known.
   */
  public RlmTransform withSandboxPrice(double usdPerSecond) {
    return with(config.toBuilder().sandboxUsdPerSecond(usdPerSecond));
  }

  /** Sub-calls under way at once on a worker; 1 or more, default 64. */
  public RlmTransform withSubCallThreads(int count) {
    return with(config.toBuilder().subCallThreads(count));
  }

  /**
   * Model calls of the run on a worker, past which it ends gracefully; 0, the default, for no
   * limit.
   */
  public RlmTransform withRunMaxModelCalls(long count) {
    return with(config.toBuilder().runMaxModelCalls(count));
  }

  /** Where what is finished is kept before it is emitted; default nowhere. */
  public RlmTransform withResultStore(ResultStore store) {
    return with(config.toBuilder().resultStore(store));
  }

  /** What each worker tells of itself while it has elements; default nothing. */
  public RlmTransform withReports(WorkerReports reports) {
    return with(config.toBuilder().reports(reports));
  }

  /** Where trajectories are written; default nowhere. */
  public RlmTransform withTrajectories(TrajectoryPlan plan) {
    return with(config.toBuilder().trajectories(plan));
  }

  /** How tasks are spread over workers before; default {@link Spread#AUTO}. */
  public RlmTransform withSpread(Spread spread) {
    return with(config.toBuilder().spread(spread));
  }

  /** The run's name in results, failures and progress; default a random one. */
  public RlmTransform withRunId(String runId) {
    return with(config.toBuilder().runId(runId));
  }

  /**
   * How long sandboxes are kept after the last user on a worker is gone; default 30 s. With none,
   * the last one's teardown returns when all is closed: for runners that take a job's classes away
   * after it.
   */
  public RlmTransform withCloseGrace(Duration grace) {
    return with(config.toBuilder().closeGrace(grace));
  }

  /**
   * Accepts input whose windows overlap. With {@link Spread#GROUPS} and {@link Spread#NONE} a task
   * is run once and its result stands in each of its windows; with {@link Spread#RESHUFFLE} Beam
   * makes it one task a window, and each is a paid run.
   */
  public RlmTransform allowingManyWindows() {
    return with(config.toBuilder().manyWindows(true));
  }

  RlmConfiguration configuration() {
    return config;
  }

  private static RlmTransform with(RlmConfiguration.Builder builder) {
    return new RlmTransform(builder.build());
  }

  /**
   * @throws IllegalArgumentException when the input's WindowFn puts an element into several
   *     windows, or when sandboxes would not live long enough for an element
   */
  @Override
  public Output expand(PCollection<RlmTask> tasks) {
    WindowFn<?, ?> windowFn = tasks.getWindowingStrategy().getWindowFn();
    if (!windowFn.assignsToOneWindow() && !config.manyWindows()) {
      throw new IllegalArgumentException(
          windowFn
              + " puts an element into several windows, and each would be a paid run: apply the RLM before the windowing, or call"
              + " allowingManyWindows()");
    }
    RlmConfiguration mine =
        SandboxLife.fitting(config).toBuilder().key(UUID.randomUUID().toString()).build();
    PCollectionTuple outputs =
        tasks
            .apply("Spread", new SpreadTasks(config.spread()))
            .apply(
                "Rlm",
                ParDo.of(new ModalRlmDoFn(mine))
                    .withOutputTags(ModalRlmDoFn.RESULTS, TupleTagList.of(ModalRlmDoFn.FAILURES)));
    return new Output(
        tasks.getPipeline(),
        outputs.get(ModalRlmDoFn.RESULTS).setCoder(RlmResultCoder.of()),
        outputs.get(ModalRlmDoFn.FAILURES).setCoder(RlmFailureCoder.of()));
  }

  /** Results and failures. Every task stands in exactly one of them. */
  public static final class Output implements POutput {
    private final Pipeline pipeline;
    private final PCollection<RlmResult> results;
    private final PCollection<RlmFailure> failures;

    private Output(
        Pipeline pipeline, PCollection<RlmResult> results, PCollection<RlmFailure> failures) {
      this.pipeline = pipeline;
      this.results = results;
      this.failures = failures;
    }

    /** Tasks that were answered. */
    public PCollection<RlmResult> results() {
      return results;
    }

    /** Tasks that were not. */
    public PCollection<RlmFailure> failures() {
      return failures;
    }

    @Override
    public Pipeline getPipeline() {
      return pipeline;
    }

    @Override
    public Map<TupleTag<?>, PValue> expand() {
      return Map.of(ModalRlmDoFn.RESULTS, results, ModalRlmDoFn.FAILURES, failures);
    }

    @Override
    public void finishSpecifyingOutput(
        String transformName, PInput input, PTransform<?, ?> transform) {}
  }
}
