package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.RlmTransform;
import dev.rlmbeam.transforms.SandboxesFactory;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelSettings;
import dev.rlmbeam.transforms.model.ModelSpec;
import dev.rlmbeam.transforms.model.OpenAiModelFactory;
import dev.rlmbeam.transforms.model.SecretRef;
import dev.rlmbeam.transforms.model.offline.OfflineModelFactory;
import dev.rlmbeam.transforms.rlm.RlmSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The options of {@link RlmOptions}, read and checked: what each element is worked on with.
 * Immutable.
 */
public final class RlmPlan {
  private static final String TRIAL = "Reply with the word: ready";

  private final ModelFactory root;
  private final ModelFactory sub;
  private final RlmSettings settings;
  private final SandboxPlan sandboxes;
  private final int maxInFlight;
  private final int subCallThreads;
  private final long runMaxModelCalls;
  private final int maxSandboxLosses;

  private RlmPlan(RlmOptions options) {
    ModelSettings models = modelSettings(options);
    root = model("model", options.getModel(), models);
    String subModel = options.getSubModel();
    sub = subModel == null ? root : model("subModel", subModel, models);
    settings = rlmSettings(options);
    maxInFlight = Range.within("maxInFlight", options.getMaxInFlight(), 1, 10_000);
    subCallThreads = models.maxConnections();
    maxSandboxLosses = Range.within("maxSandboxLosses", options.getMaxSandboxLosses(), 1, 100);
    runMaxModelCalls = Range.atLeast("runMaxModelCalls", options.getRunMaxModelCalls(), 0);
    sandboxes = SandboxPlan.of(options, settings.elementTimeout(), isOffline(), maxInFlight);
  }

  private RlmPlan(RlmPlan other, SandboxPlan sandboxes) {
    root = other.root;
    sub = other.sub;
    settings = other.settings;
    maxInFlight = other.maxInFlight;
    subCallThreads = other.subCallThreads;
    runMaxModelCalls = other.runMaxModelCalls;
    maxSandboxLosses = other.maxSandboxLosses;
    this.sandboxes = sandboxes;
  }

  /**
   * Reads and checks options. Nothing is opened or called.
   *
   * @throws UsageException that names the option, its value and what is allowed
   */
  public static RlmPlan of(RlmOptions options) {
    return new RlmPlan(options);
  }

  /** Name of the root model. */
  public String model() {
    return root.modelName();
  }

  /** The root model for a person, with what it is where its name does not say so. */
  public String modelDescription() {
    return root instanceof OfflineModelFactory
        ? root.modelName() + ": " + OfflineModelFactory.NOTICE
        : root.modelName();
  }

  /** Name of the model that {@code llm_query()} reaches. */
  public String subModel() {
    return sub.modelName();
  }

  /**
   * What there is for a run.
   *
   * @param plan the same, with what was made ready for all workers
   * @param sandbox what code will run in, for a person
   * @param isolation how elements share sandboxes here: {@code bundle} or {@code element}
   */
  public record Preflight(RlmPlan plan, String sandbox, String isolation) {}

  /** Limits and prompts of each element. */
  public RlmSettings settings() {
    return settings;
  }

  /** Elements under way at a time, per worker. */
  public int maxInFlight() {
    return maxInFlight;
  }

  /** Model calls under way at a time, per worker and model service. */
  public int maxConnections() {
    return subCallThreads;
  }

  /** True when no model is asked that costs anything or could be told what to do. */
  public boolean isOffline() {
    return root instanceof OfflineModelFactory && sub instanceof OfflineModelFactory;
  }

  /** What makes local sandboxes, whether or not a run uses them. */
  public LocalSandboxesFactory localSandboxes() {
    return sandboxes.local();
  }

  /** What makes the sandboxes of a run, on this machine and on each worker. */
  public SandboxesFactory sandboxes() {
    return sandboxes.factory();
  }

  /** What sandboxes are like. */
  public SandboxSpec sandboxSpec() {
    return sandboxes.spec();
  }

  /** Base URLs of the model services, each once. */
  public List<String> modelEndpoints() {
    return Stream.of(root, sub)
        .filter(OpenAiModelFactory.class::isInstance)
        .map(model -> ((OpenAiModelFactory) model).baseUrl())
        .distinct()
        .toList();
  }

  /** Ends what sandboxes of a run there may still be, where nobody else would soon. Best effort. */
  public void sweep(String runId) {
    sandboxes.sweep(runId);
  }

  /** The transform that these options describe. */
  public RlmTransform transform() {
    return RlmTransform.answering(root, sandboxes.factory())
        .withSubModel(sub)
        .withSandboxSpec(sandboxes.spec())
        .withIsolation(sandboxes.isolation())
        .withSessionsPerSandbox(sandboxes.sessionsPerSandbox())
        .withMaxSandboxes(sandboxes.maxSandboxes())
        .withSandboxPrice(sandboxes.usdPerSecond())
        .withSettings(settings)
        .withMaxInFlight(maxInFlight)
        .withSubCallThreads(subCallThreads)
        .withRunMaxModelCalls(runMaxModelCalls)
        .withMaxAttempts(maxSandboxLosses);
  }

  /**
   * Tries whether models and sandboxes can be had, so that a mistake shows before anything is paid,
   * and makes ready what all workers need. No model is called, no sandbox is opened.
   *
   * @param remote whether the work is done on other machines: their keys and what they have for
   *     local sandboxes cannot be tried from here
   * @throws UsageException with the cure
   */
  public Preflight preflight(boolean remote) {
    if (!remote) {
      tryModels();
    }
    SandboxPlan.Ready ready = sandboxes.ready(remote);
    return new Preflight(new RlmPlan(this, ready.plan()), ready.sandbox(), ready.isolation());
  }

  /** What was tried for real. */
  public interface Trials {
    /** Tells how one went. */
    void done(String what, String outcome, Duration took);
  }

  /**
   * One short call to each model, and a sandbox opened and closed. The calls may cost a few tokens.
   *
   * @throws ModelException when a model does not answer
   * @throws UsageException when no sandbox can be opened
   */
  public void tryOut(Trials trials) throws InterruptedException {
    List<ModelFactory> models = sub.equals(root) ? List.of(root) : List.of(root, sub);
    for (ModelFactory factory : models) {
      long start = System.nanoTime();
      try (LanguageModel model = factory.create()) {
        ModelRequest request =
            new ModelRequest(List.of(ChatMessage.user(TRIAL)), settings.modelTimeout());
        int characters = model.generate(request).text().length();
        trials.done(
            "model", factory.modelName() + " answered " + characters + " characters", since(start));
      }
    }
    long start = System.nanoTime();
    trials.done("sandbox", sandboxes.tryOut(), since(start));
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /**
   * Tries whether the models' keys can be had. No model is called.
   *
   * @throws UsageException with the cure
   */
  public void tryModels() {
    tryModel("model", root);
    tryModel("subModel", sub);
  }

  private static void tryModel(String option, ModelFactory factory) {
    try (LanguageModel model = factory.create()) {
      Objects.requireNonNull(model);
    } catch (ModelException e) {
      throw new UsageException(
          "--" + option + "=" + factory.modelName() + ": " + e.getMessage(), e);
    }
  }

  private static ModelFactory model(String option, String value, ModelSettings settings) {
    try {
      return ModelSpec.parse(value, settings);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + option + "=" + value + ": " + e.getMessage(), e);
    }
  }

  private static ModelSettings modelSettings(RlmOptions options) {
    ModelSettings.Builder builder =
        ModelSettings.builder()
            .timeout(TimeSpan.parse("modelTimeout", options.getModelTimeout()))
            .maxConnections(Range.within("maxConnections", options.getMaxConnections(), 1, 10_000))
            .maxRetries(Range.within("maxRetries", options.getMaxRetries(), 0, 100))
            .mergeMessages(options.getMergeMessages());
    String baseUrl = options.getModelBaseUrl();
    String apiKey = options.getModelApiKey();
    String body = options.getModelBody();
    // One at a time, so that the error names the option that is at fault.
    if (apiKey != null) {
      try {
        builder.apiKey(SecretRef.parse(apiKey));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--modelApiKey: " + e.getMessage(), e);
      }
    }
    if (baseUrl != null) {
      built("modelBaseUrl", builder.baseUrl(baseUrl));
    }
    if (body != null) {
      built("modelBody", builder.extraBody(body));
    }
    return built("model", builder);
  }

  private static ModelSettings built(String option, ModelSettings.Builder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + option + ": " + e.getMessage(), e);
    }
  }

  private static RlmSettings rlmSettings(RlmOptions options) {
    String setup = Objects.requireNonNullElse(options.getSetupCode(), "");
    String prompt = Objects.requireNonNullElse(options.getSystemPrompt(), "");
    return RlmSettings.defaults()
        .withMaxTurns(Range.atLeast("maxTurns", options.getMaxTurns(), 1))
        .withMaxSubCalls(Range.atLeast("maxSubCalls", options.getMaxSubCalls(), 0))
        .withElementTimeout(TimeSpan.parse("elementTimeout", options.getElementTimeout()))
        .withBlockTimeout(TimeSpan.parse("blockTimeout", options.getBlockTimeout()))
        .withModelTimeout(TimeSpan.parse("modelTimeout", options.getModelTimeout()))
        .withSetupCode(TextOrFile.read("setupCode", setup))
        .withSystemPrompt(TextOrFile.read("systemPrompt", prompt));
  }
}
