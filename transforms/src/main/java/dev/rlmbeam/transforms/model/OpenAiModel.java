package dev.rlmbeam.transforms.model;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model behind an OpenAI-compatible chat completions address. Thread-safe. */
final class OpenAiModel implements LanguageModel {
  private static final Logger LOG = LoggerFactory.getLogger(OpenAiModel.class);

  private final String name;
  private final HttpUrl url;
  private final String keyPlace;
  private final Optional<Secret> key;
  private final ModelSettings settings;
  private final RetryClock clock;
  private final Throttle throttle;
  private final ChatWire wire;
  private final ChatEndpoint endpoint;

  OpenAiModel(
      String name,
      HttpUrl url,
      String keyPlace,
      Optional<Secret> key,
      ModelSettings settings,
      RetryClock clock,
      Throttle throttle) {
    this.name = name;
    this.url = url;
    this.keyPlace = keyPlace;
    this.key = key;
    this.settings = settings;
    this.clock = clock;
    this.throttle = throttle;
    this.wire = new ChatWire(name, settings.extraBody(), settings.mergeMessages());
    this.endpoint = new ChatEndpoint(url, key, name, settings.maxConnections());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ModelResponse generate(ModelRequest request) throws InterruptedException {
    byte[] body = wire.encode(request.messages());
    long start = clock.nanoTime();
    long budget = request.timeout().toNanos();
    ModelUsage failedUsage = ModelUsage.NONE;
    for (int attempt = 1; ; attempt++) {
      long left = budget - (clock.nanoTime() - start);
      try {
        HttpReply reply = endpoint.post(body, Math.min(left, settings.timeout().toNanos()));
        ModelResponse response = wire.decode(reply, clock.now());
        return attempt == 1
            ? response
            : new ModelResponse(
                response.text(), response.usage().plus(failedUsage), response.truncated());
      } catch (AttemptException e) {
        failedUsage = failedUsage.plus(e.usage());
        if (!e.retryable() || attempt > settings.maxRetries()) {
          throw failure(e, attempt, start, "", failedUsage);
        }
        Duration delay = RetryDelays.after(attempt, e.retryAfter(), clock.random());
        left = budget - (clock.nanoTime() - start);
        if (delay.toNanos() >= left) {
          // The wait could only end in a timeout: the caller gets the reason, and gets it now.
          String why = "; the next attempt is due in %s, with %s left of %s";
          String times = why.formatted(seconds(delay), seconds(left), seconds(budget));
          throw failure(e, attempt, start, times, failedUsage);
        }
        LOG.debug("model={} attempt={} next in {}: {}", name, attempt, delay, scrub(e));
        pause(delay, e);
      }
    }
  }

  /** Told are waits that the service has asked for, not those for one that is broken. */
  private void pause(Duration delay, AttemptException cause) throws InterruptedException {
    long start = clock.nanoTime();
    try {
      clock.sleep(delay);
    } finally {
      if (cause.kind() == Kind.RATE_LIMITED || cause.retryAfter().isPresent()) {
        throttle.waited(clock.nanoTime() - start);
      }
    }
  }

  private ModelException failure(
      AttemptException e, int attempts, long start, String more, ModelUsage usage) {
    Duration elapsed = Duration.ofNanos(clock.nanoTime() - start);
    String message =
        "the model %s at %s gave no response (%s in %s%s): %s%s"
            .formatted(
                name,
                url,
                attempts == 1 ? "1 attempt" : attempts + " attempts",
                seconds(elapsed),
                more,
                scrub(e),
                cure(e));
    // Not the attempt itself as cause: its message quotes the service as it was, unscrubbed.
    return new ModelException(e.kind(), e.status(), message, e.getCause(), usage);
  }

  private String cure(AttemptException e) {
    return switch (e.kind()) {
      case REFUSED ->
          switch (e.status()) {
            case 401, 403 ->
                key.isPresent() ? "; check the key from " + keyPlace : "; no key was sent: set one";
            case 402, 429 -> "; check the account's quota";
            case 404, 405, 410 -> "; check the model's name and the base URL";
            default -> "";
          };
      case RATE_LIMITED -> "; allow fewer connections or more retries";
      case TIMEOUT -> "; allow more time or ask for shorter answers";
      case UNAVAILABLE ->
          e.status() == 0
              ? "; check that the service runs and that the base URL is right"
              : "; try again later, or allow more retries";
      case BAD_RESPONSE ->
          "; check that the base URL is that of a chat completions service and that no proxy on the"
              + " way streams or cuts its answers";
      case BAD_REQUEST, RUN_LIMIT -> "";
    };
  }

  private String scrub(Throwable e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return key.isPresent() ? key.get().scrub(message) : Secret.scrubKeyLike(message);
  }

  private static String seconds(Duration duration) {
    return seconds(duration.toNanos());
  }

  private static String seconds(long nanos) {
    return "%.1f s".formatted(Math.max(nanos, 0) / 1e9);
  }

  /** Ends the calls under way; they fail as unavailable. */
  @Override
  public void close() {
    endpoint.close();
  }
}
