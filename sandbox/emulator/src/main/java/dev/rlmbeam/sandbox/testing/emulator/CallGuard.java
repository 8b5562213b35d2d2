package dev.rlmbeam.sandbox.testing.emulator;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * In front of every call: who calls, what goes wrong on purpose, and what is written down of it.
 * Thread-safe.
 */
final class CallGuard implements ServerInterceptor {
  /** The key by which a call is known again; absent if it has none. */
  static final Context.Key<String> IDEMPOTENCY_KEY = Context.key("idempotency-key");

  private static final Metadata.Key<String> ID = key("x-modal-token-id");
  private static final Metadata.Key<String> SECRET = key("x-modal-token-secret");
  private static final Metadata.Key<String> AUTH_TOKEN = key("x-modal-auth-token");
  private static final Metadata.Key<String> IDEMPOTENCY = key("x-idempotency-key");

  private final String tokenId;
  private final String tokenSecret;
  private final IssuedTokens tokens;
  private final EmulatorFaults faults;
  private final EmulatorRequests requests;
  private final boolean strict;

  CallGuard(
      String tokenId,
      String tokenSecret,
      IssuedTokens tokens,
      EmulatorFaults faults,
      EmulatorRequests requests,
      boolean strict) {
    this.tokenId = tokenId;
    this.tokenSecret = tokenSecret;
    this.tokens = tokens;
    this.faults = faults;
    this.requests = requests;
    this.strict = strict;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String rpc = String.valueOf(call.getMethodDescriptor().getBareMethodName());
    requests.count(rpc);
    Optional<String> trouble = troubleWithCaller(rpc, headers);
    if (trouble.isPresent()) {
      call.close(Status.UNAUTHENTICATED.withDescription(trouble.get()), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    String idempotencyKey = headers.get(IDEMPOTENCY);
    Context context =
        idempotencyKey == null
            ? Context.current()
            : Context.current().withValue(IDEMPOTENCY_KEY, idempotencyKey);
    Answer<Q, A> answer = new Answer<>(call);
    return new Guarded<>(
        rpc, headers, answer, Contexts.interceptCall(context, answer, headers, next));
  }

  private Optional<String> troubleWithCaller(String rpc, Metadata headers) {
    if (!same(tokenId, headers.get(ID)) || !same(tokenSecret, headers.get(SECRET))) {
      return Optional.of("Token ID or secret is missing or wrong");
    }
    if (!rpc.endsWith("V2")) {
      return Optional.empty();
    }
    String token = headers.get(AUTH_TOKEN);
    return token == null ? Optional.of("the auth token is missing") : tokens.trouble(token);
  }

  private static boolean same(String expected, @Nullable String given) {
    return given != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** A call whose answer may be turned into a failure after the work. */
  private static final class Answer<Q, A>
      extends ForwardingServerCall.SimpleForwardingServerCall<Q, A> {
    private volatile Optional<Status> instead = Optional.empty();

    Answer(ServerCall<Q, A> call) {
      super(call);
    }

    void failInstead(Status status) {
      instead = Optional.of(status);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      if (instead.isEmpty()) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public void sendMessage(A message) {
      if (instead.isEmpty()) {
        super.sendMessage(message);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(instead.orElse(status), trailers);
    }
  }

  private final class Guarded<Q, A>
      extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
    private final String rpc;
    private final Metadata headers;
    private final Answer<Q, A> answer;
    private boolean refused;

    Guarded(String rpc, Metadata headers, Answer<Q, A> answer, ServerCall.Listener<Q> listener) {
      super(listener);
      this.rpc = rpc;
      this.headers = headers;
      this.answer = answer;
    }

    @Override
    public void onMessage(Q request) {
      if (request instanceof Message message) {
        requests.record(rpc, headers, message);
        refused = isRefused(message);
      }
      if (!refused) {
        super.onMessage(request);
      }
    }

    private boolean isRefused(Message message) {
      Optional<String> violation = UnknownFields.find(message);
      violation.ifPresent(text -> requests.violation(rpc + ": " + text));
      if (strict && violation.isPresent()) {
        answer.close(Status.INVALID_ARGUMENT.withDescription(violation.get()), new Metadata());
        return true;
      }
      String sandboxId = sandboxId(message);
      pause(faults.slowness(rpc, sandboxId));
      Optional<Duration> later = faults.putOff(rpc, sandboxId);
      if (later.isPresent()) {
        Status status = Status.RESOURCE_EXHAUSTED.withDescription("too many requests (a fault)");
        answer.close(status, Refusals.retryAfter(status, later.get().toNanos() * 1e-9));
        return true;
      }
      Optional<Fault> failure = faults.failure(rpc, sandboxId);
      if (failure.isPresent()) {
        Status status =
            Status.fromCode(failure.get().code()).withDescription("failed on purpose (a fault)");
        if (failure.get().afterTheWork()) {
          answer.failInstead(status);
        } else {
          answer.close(status, new Metadata());
          return true;
        }
      }
      return false;
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }

  /** Of requests about one sandbox; else empty. */
  private static String sandboxId(Message message) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName("sandbox_id");
    return field == null ? "" : String.valueOf(message.getField(field));
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
