package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetRequest;
import dev.rlmbeam.sandbox.modal.proto.ModalClientGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * How Modal is called, whatever is called: headers, auth token, deadlines and retries. Thread-safe.
 * Whoever opens it closes it.
 */
final class ModalCalls implements AutoCloseable {
  private static final int ATTEMPTS = 4;
  private static final Duration TOKEN_ATTEMPT = Duration.ofSeconds(5);

  private final ModalConfig config;
  private final TunnelTrust trust;
  private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
  private final UnaryCall.Site site;
  private final ExecutorService tokenThreads = Executors.newCachedThreadPool(ModalCalls::thread);
  private final AuthTokens tokens;
  private final UnaryCall.TokenHolder holder;

  ModalCalls(ModalConfig config, TunnelTrust trust) {
    this.config = config;
    this.trust = trust;
    site = openLine();
    tokens =
        new AuthTokens(
            this::fetchToken,
            tokenThreads,
            System::nanoTime,
            () -> System.currentTimeMillis() / 1000);
    holder =
        new UnaryCall.TokenHolder() {
          @Override
          public String get() throws InterruptedException {
            return tokens.get(TOKEN_ATTEMPT.multipliedBy(ATTEMPTS));
          }

          @Override
          public void reject(String token) {
            tokens.reject(token);
          }
        };
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "modal-auth");
    thread.setDaemon(true);
    return thread;
  }

  ModalConfig config() {
    return config;
  }

  /**
   * A connection of its own for calls that stay open for long: a server takes only so many at a
   * time on one, and whatever else is to be said would wait until one of them ends. Closed with
   * these calls.
   */
  UnaryCall.Site openLine() {
    ManagedChannel line = ModalChannel.open(config.serverUrl(), trust);
    channels.add(line);
    return new UnaryCall.Site(line, config);
  }

  /** As {@link #call}, on a line of {@link #openLine}. */
  <Q, A> A callOn(
      UnaryCall.Site line,
      MethodDescriptor<Q, A> method,
      Q request,
      Duration attempt,
      String sandboxId)
      throws InterruptedException {
    return new UnaryCall<>(line, method, request, attempt, sandboxId, ATTEMPTS, holder).run();
  }

  /**
   * Calls, and waits for the answer.
   *
   * @param attempt deadline of one try
   * @param sandboxId what it is about, for errors; may be empty
   * @throws ModalException when it is refused or nothing comes of it
   */
  <Q, A> A call(MethodDescriptor<Q, A> method, Q request, Duration attempt, String sandboxId)
      throws InterruptedException {
    return callOn(site, method, request, attempt, sandboxId);
  }

  /**
   * The same for a call that makes something. An interrupt does not end it for some seconds: Modal
   * may have made it already, and only from the answer it is known what is to be undone.
   *
   * @return the answer; the thread is interrupted still
   * @throws InterruptedException when there is no answer after an interrupt
   */
  <Q, A> A callThrough(MethodDescriptor<Q, A> method, Q request, Duration attempt)
      throws InterruptedException {
    return new UnaryCall<>(site, method, request, attempt, "", ATTEMPTS, holder).runThrough();
  }

  private String fetchToken(int attempts) throws InterruptedException {
    String token =
        new UnaryCall<>(
                site,
                ModalClientGrpc.getAuthTokenGetMethod(),
                AuthTokenGetRequest.getDefaultInstance(),
                TOKEN_ATTEMPT,
                "",
                attempts,
                null)
            .run()
            .getToken();
    if (token.isEmpty()) {
      String what = "Modal answered AuthTokenGet with an empty token";
      throw new ModalException(
          ModalException.Kind.INTERNAL, "AuthTokenGet", "", what, new IllegalStateException(what));
    }
    return token;
  }

  /**
   * Reads a stream until the function returns something. Tried again only with another token, when
   * the first is refused.
   *
   * @return what the function found; empty when the stream ended before
   */
  <Q, A, R> Optional<R> stream(
      MethodDescriptor<Q, A> method, Q request, Duration deadline, Function<A, Optional<R>> found)
      throws InterruptedException {
    String token = holder.get();
    try {
      return stream(method, request, deadline, found, token);
    } catch (ModalException e) {
      if (e.kind() != ModalException.Kind.AUTHENTICATION) {
        throw e;
      }
      holder.reject(token);
      return stream(method, request, deadline, found, holder.get());
    }
  }

  private <Q, A, R> Optional<R> stream(
      MethodDescriptor<Q, A> method,
      Q request,
      Duration deadline,
      Function<A, Optional<R>> found,
      String token)
      throws InterruptedException {
    String name = String.valueOf(method.getBareMethodName());
    Metadata metadata = new CallHeaders(config).common();
    metadata.put(CallHeaders.AUTH_TOKEN, token);
    Channel dressed =
        ClientInterceptors.intercept(
            site.channel(), MetadataUtils.newAttachHeadersInterceptor(metadata));
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    Context.CancellableContext scope = Context.current().withCancellation();
    Context before = scope.attach();
    try {
      Iterator<A> messages =
          ClientCalls.blockingServerStreamingCall(dressed, method, options, request);
      while (messages.hasNext()) {
        Optional<R> result = found.apply(messages.next());
        if (result.isPresent()) {
          return result;
        }
      }
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted in " + name);
      }
      throw new CallFailures(config).of(name, "", e);
    } finally {
      scope.detach(before);
      scope.cancel(null); // whoever has what was wanted does not read on
    }
  }

  /** Ends calls and connections. Idempotent; returns within a few seconds. */
  @Override
  public void close() {
    tokenThreads.shutdownNow();
    channels.forEach(ManagedChannel::shutdownNow);
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(3, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
