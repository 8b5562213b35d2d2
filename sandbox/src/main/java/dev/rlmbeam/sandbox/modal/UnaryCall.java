package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call with its retries, which are those of Modal's own SDKs: {@code DEADLINE_EXCEEDED}, {@code
 * UNAVAILABLE}, {@code CANCELLED}, {@code INTERNAL} and {@code UNKNOWN} are tried four times in
 * all, 100 ms apart, then twice as long each time up to 1 s; and whatever Modal itself asks to be
 * tried again later is tried again then, up to {@link ModalConfig#maxThrottleWait()}. All tries
 * carry one idempotency key. Of one thread.
 *
 * <p>Not left to a library for retries: how often and how long are counted apart for the two kinds,
 * and travel in the headers of the next try.
 */
final class UnaryCall<Q, A> {
  private static final Logger log = LoggerFactory.getLogger(UnaryCall.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** After an interrupt, for an answer that must not be missed. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  /** What calls share. */
  record Site(Channel channel, ModalConfig config) {}

  /** Says with which auth token a try is made, and hears of one that was refused. */
  interface TokenHolder {
    String get() throws InterruptedException;

    void reject(String token);
  }

  private final Site site;
  private final CallHeaders headers;
  private final CallFailures failures;
  private final MethodDescriptor<Q, A> method;
  private final Q request;
  private final Duration attemptTime;
  private final String sandboxId;
  private final int attempts;
  private final @Nullable TokenHolder tokens;
  private final String name;
  private final String key = UUID.randomUUID().toString();
  private final long startNanos = System.nanoTime();
  private int retries;
  private int throttles;
  private Duration throttled = Duration.ZERO;
  private boolean tokenRenewed;
  private boolean through;
  private Duration pause = FIRST_PAUSE;

  UnaryCall(
      Site site,
      MethodDescriptor<Q, A> method,
      Q request,
      Duration attemptTime,
      String sandboxId,
      int attempts,
      @Nullable TokenHolder tokens) {
    this.site = site;
    headers = new CallHeaders(site.config());
    failures = new CallFailures(site.config());
    this.method = method;
    this.request = request;
    this.attemptTime = attemptTime;
    this.sandboxId = sandboxId;
    this.attempts = attempts;
    this.tokens = tokens;
    name = String.valueOf(method.getBareMethodName());
  }

  /** Hears of an interrupt only when it is known what came of the call, or after some seconds. */
  A runThrough() throws InterruptedException {
    through = true;
    return run();
  }

  A run() throws InterruptedException {
    while (true) {
      String token = tokens == null ? null : tokens.get();
      try {
        return attempt(token);
      } catch (StatusRuntimeException e) {
        Optional<Duration> asked = Throttling.delay(e.getTrailers());
        if (asked.isPresent()) {
          waitAsAsked(asked.get(), e);
        } else if (tokenRefused(token, e)) {
          tokenRenewed = true;
        } else if (retryable(e) && retries + 1 < attempts) {
          retries++;
          log.debug("{} failed, try {} of {}: {}", name, retries, attempts, e.getStatus());
          sleep(pause);
          Duration twice = pause.multipliedBy(2);
          pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        } else {
          throw failures.of(name, sandboxId, e);
        }
      }
    }
  }

  /** A token that was good when it was fetched may have been withdrawn since: once. */
  private boolean tokenRefused(@Nullable String token, StatusRuntimeException e) {
    if (tokens == null
        || token == null
        || tokenRenewed
        || e.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
      return false;
    }
    tokens.reject(token);
    return true;
  }

  private void waitAsAsked(Duration asked, StatusRuntimeException e) throws InterruptedException {
    Duration total = throttled.plus(asked);
    Duration most = site.config().maxThrottleWait();
    if (total.compareTo(most) > 0) {
      throw new ModalException(
          ModalException.Kind.EXHAUSTED,
          name,
          sandboxId,
          String.format(
              "Modal puts %s off for longer than MODAL_MAX_THROTTLE_WAIT (%d s): %s",
              name, most.toSeconds(), CallFailures.describe(e)),
          e);
    }
    throttled = total;
    if (throttles++ == 0) {
      log.info("Modal asks to try {} again in {} ms", name, asked.toMillis());
    }
    sleep(asked);
  }

  /** A try that failed may have been done all the same: then one more brings its answer. */
  private void sleep(Duration time) throws InterruptedException {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      if (!through || retries == 0) {
        throw e;
      }
      Thread.currentThread().interrupt();
    }
  }

  private A attempt(@Nullable String token) throws InterruptedException {
    AtomicReference<Metadata> answerHeaders = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Channel dressed =
        ClientInterceptors.intercept(
            site.channel(),
            MetadataUtils.newAttachHeadersInterceptor(metadata(token)),
            MetadataUtils.newCaptureMetadataInterceptor(answerHeaders, trailers));
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(attemptTime.toNanos(), TimeUnit.NANOSECONDS);
    Future<A> future = ClientCalls.futureUnaryCall(dressed.newCall(method, options), request);
    boolean ended = false;
    try {
      A answer = await(future);
      ended = true;
      return answer;
    } catch (ExecutionException e) {
      ended = true;
      if (e.getCause() instanceof StatusRuntimeException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(name + " failed in an unforeseen way", e.getCause());
    } catch (CancellationException e) {
      throw new IllegalStateException("the client of Modal was closed", e);
    } finally {
      if (!ended) {
        future.cancel(true);
      }
      passOnWarnings(trailers.get());
    }
  }

  private A await(Future<A> future) throws InterruptedException, ExecutionException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      if (!through) {
        throw e;
      }
      try {
        A answer = future.get(LAST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        Thread.currentThread().interrupt();
        return answer;
      } catch (ExecutionException | TimeoutException | CancellationException none) {
        e.addSuppressed(none);
        throw e;
      }
    }
  }

  private Metadata metadata(@Nullable String token) {
    Metadata metadata = headers.common();
    if (token != null) {
      metadata.put(CallHeaders.AUTH_TOKEN, token);
    }
    metadata.put(CallHeaders.IDEMPOTENCY_KEY, key);
    metadata.put(CallHeaders.RETRY_ATTEMPT, Integer.toString(retries));
    metadata.put(CallHeaders.THROTTLE_ATTEMPT, Integer.toString(throttles));
    String since = String.format(Locale.ROOT, "%.3f", (System.nanoTime() - startNanos) / 1e9);
    if (retries > 0) {
      metadata.put(CallHeaders.RETRY_DELAY, since);
    }
    if (throttles > 0) {
      metadata.put(CallHeaders.THROTTLE_DELAY, since);
    }
    return metadata;
  }

  private static boolean retryable(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case DEADLINE_EXCEEDED, UNAVAILABLE, CANCELLED, INTERNAL, UNKNOWN ->
          !TunnelTrust.isRefusal(e);
      default -> false;
    };
  }

  private static void passOnWarnings(@Nullable Metadata trailers) {
    Iterable<String> warnings = trailers == null ? null : trailers.getAll(CallHeaders.WARNING);
    if (warnings != null) {
      for (String warning : warnings) {
        log.warn("Modal warns: {}", decoded(warning));
      }
    }
  }

  private static String decoded(String warning) {
    try {
      return URLDecoder.decode(warning, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return warning;
    }
  }
}
