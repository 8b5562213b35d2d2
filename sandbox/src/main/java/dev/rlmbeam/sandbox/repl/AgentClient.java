package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.sandbox.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * The agent's endpoints, one method each, as {@code docs/agent-protocol.md} has them. Each method
 * blocks for a round trip and, but for those that say otherwise, repeats itself when the connection
 * breaks, until its deadline or until the sandbox is lost. Thread-safe.
 */
final class AgentClient {
  /** Two megabytes a second: slower than any machine decodes. */
  private static final long DECODED_BYTES_A_MILLISECOND = 2_000;

  private static final MediaType JSON = MediaType.get("application/json");

  /** An agent keeps 256 MiB of events. */
  private static final long MAX_POLL_BYTES = 320L * 1024 * 1024;

  /** The agent beats every 5 seconds; two may get lost. */
  private static final Duration SILENCE = Duration.ofSeconds(12);

  private final String sandboxId;
  private final HttpUrl base;
  private final Duration silence;
  private final String authorization;
  private final TunnelOptions options;
  private final Loss loss;
  private final AgentCalls calls;
  private final OkHttpClient streams;
  private final OkHttpClient uploads;

  AgentClient(Sandbox sandbox, TunnelHttp tunnel, Loss loss) {
    this(sandbox, tunnel, loss, SILENCE);
  }

  /**
   * With another patience.
   *
   * @param silence a stream that has begun says something more often than that
   */
  AgentClient(Sandbox sandbox, TunnelHttp tunnel, Loss loss, Duration silence) {
    this.silence = silence;
    sandboxId = sandbox.id();
    HttpUrl url = HttpUrl.get(sandbox.tunnel());
    if (url == null) {
      throw new IllegalArgumentException(
          "a tunnel must be an http or https URL, but was " + sandbox.tunnel());
    }
    base = url;
    authorization = sandbox.token().authorization();
    OkHttpClient http = tunnel.client();
    options = tunnel.options();
    this.loss = loss;
    calls = new AgentCalls(sandbox.id(), http, loss);
    streams =
        http.newBuilder()
            .readTimeout(silence)
            .callTimeout(Duration.ZERO)
            .retryOnConnectionFailure(false)
            .addNetworkInterceptor(FirstLineWatch::start)
            .build();
    // The agent hashes and writes as it reads, so its answer is not long in coming.
    uploads =
        http.newBuilder()
            .callTimeout(Duration.ZERO)
            .readTimeout(options.callTimeout().multipliedBy(2))
            .build();
  }

  /**
   * Asks whether the agent is there.
   *
   * @throws dev.rlmbeam.sandbox.SandboxSetupException when its tunnel shows a certificate that
   *     nobody here vouches for. Only here: with another one later, it is this tunnel that is
   *     broken, and not the configuration.
   */
  JsonNode fetchHealth(Deadline deadline) throws AgentException, InterruptedException {
    Request request = request("health").get().build();
    return calls.repeat(
        "ask for the agent's health",
        deadline,
        () -> {
          try {
            return calls.interruptibly(request, attemptTime(deadline));
          } catch (IOException e) {
            Untrusted.check(sandboxId, e);
            throw e;
          }
        });
  }

  /**
   * Streams a context in. Not preceded by a question whether it is there: the pool knows what it
   * has uploaded, and the question would cost every new context a round trip.
   *
   * @throws ContextException when its source cannot be read
   */
  void storeContext(Optional<String> sha256, ContextUpload upload, Deadline deadline)
      throws AgentException, InterruptedException {
    Request request =
        sha256.isPresent()
            ? request("contexts/" + sha256.get()).put(upload).build()
            : request("contexts").post(upload).build();
    calls.repeat(
        "upload a context",
        deadline,
        () -> {
          try {
            return calls.interruptibly(uploads, request, deadline.remaining().plusMillis(1));
          } catch (IOException e) {
            loss.check(); // whoever closes interrupts the source, too: no fault of its own
            upload.requireReadable();
            throw e;
          }
        });
  }

  void deleteContext(String sha256, Deadline deadline) throws AgentException, InterruptedException {
    Request request = request("contexts/" + sha256).delete().build();
    calls.repeat(
        "delete a context", deadline, () -> calls.interruptibly(request, attemptTime(deadline)));
  }

  /** Repeats what a connection did not pass on; an interrupt ends the wait at once. */
  void openSession(String id, List<BoundContext> contexts, Deadline deadline)
      throws AgentException, InterruptedException {
    ObjectNode body = Json.object().put("id", id);
    ArrayNode array = body.putArray("contexts");
    for (BoundContext bound : contexts) {
      array
          .addObject()
          .put("name", bound.context().name())
          .put("sha256", bound.context().sha256())
          .put("type", bound.type().name().toLowerCase(Locale.ROOT));
    }
    Request request = request("sessions").post(json(body)).build();
    Duration patience = patience(contexts);
    calls.repeat(
        "open session " + id,
        deadline,
        () -> {
          Duration left = deadline.remaining().plusMillis(1);
          return calls.interruptibly(request, left.compareTo(patience) < 0 ? left : patience);
        });
  }

  /**
   * For a session to be opened, before it is asked for again on another connection: something on
   * the way may take a call and never pass it on. Whoever is only slow loses nothing by it, for the
   * agent takes the second call for the first.
   */
  private Duration patience(List<BoundContext> contexts) {
    long bytes = contexts.stream().mapToLong(bound -> bound.context().bytes()).sum();
    return options.callTimeout().plusMillis(bytes / DECODED_BYTES_A_MILLISECOND);
  }

  void execute(String session, String id, String code, Duration timeout, boolean setup, Deadline d)
      throws AgentException, InterruptedException {
    ObjectNode body =
        Json.object()
            .put("id", id)
            .put("code", Json.wellFormed(code))
            .put("timeoutSeconds", timeout.toNanos() / 1e9)
            .put("setup", setup);
    Request request = request("sessions/" + session + "/execute").post(json(body)).build();
    calls.repeat(
        "run a block of session " + session, d, () -> calls.interruptibly(request, attemptTime(d)));
  }

  void interrupt(String session, String execution, Deadline deadline)
      throws AgentException, InterruptedException {
    RequestBody body = json(Json.object().put("execution", execution));
    Request request = request("sessions/" + session + "/interrupt").post(body).build();
    calls.repeat("interrupt", deadline, () -> calls.once(request, attemptTime(deadline)));
  }

  /** Ends a session; true when nothing of it is left. */
  boolean closeSession(String session, Deadline deadline)
      throws AgentException, InterruptedException {
    Request request = request("sessions/" + session).delete().build();
    JsonNode closed =
        calls.repeat(
            "close session " + session, deadline, () -> calls.once(request, attemptTime(deadline)));
    return closed.path("clean").asBoolean(false);
  }

  /** One attempt to deliver answers; says for each id what became of it. */
  Map<String, String> respond(List<Reply> replies) throws IOException, AgentException {
    JsonNode answer =
        calls.once(request("respond").post(Reply.body(replies)).build(), options.callTimeout());
    Map<String, String> results = new HashMap<>();
    for (JsonNode result : answer.path("results")) {
      results.put(result.path("id").asText(), result.path("status").asText());
    }
    return results;
  }

  /** One plain poll, answered at once with all events after {@code after}. */
  byte[] poll(long after, Duration timeout) throws IOException, AgentException {
    Request request = pending(after, Duration.ZERO).get().build();
    return calls.fetch(request, timeout, HeapShare.part(MAX_POLL_BYTES));
  }

  /** How long a stream that has begun may say nothing. */
  Duration silence() {
    return silence;
  }

  /** A stream of events, to be executed by the poller, who closes its response. */
  Call stream(long after, Duration wait, FirstLineWatch watch) {
    Request.Builder request = pending(after, wait).tag(FirstLineWatch.class, watch);
    HttpUrl url = request.build().url().newBuilder().addQueryParameter("stream", "1").build();
    // Nothing on the way may hold the lines back to pack them.
    return streams.newCall(request.url(url).header("Accept-Encoding", "identity").build());
  }

  /** An agent that accepts a call and says nothing must not hold it beyond its deadline. */
  private Duration attemptTime(Deadline deadline) {
    Duration left = deadline.remaining().plusMillis(1); // zero would be for ever
    return left.compareTo(options.callTimeout()) < 0 ? left : options.callTimeout();
  }

  private Request.Builder pending(long after, Duration wait) {
    HttpUrl url =
        base.newBuilder()
            .addPathSegment("pending")
            .addQueryParameter("after", Long.toString(after))
            .addQueryParameter("wait", Double.toString(wait.toMillis() / 1000.0))
            .build();
    return authorized().url(url);
  }

  private Request.Builder request(String path) {
    return authorized().url(base.newBuilder().addPathSegments(path).build());
  }

  private Request.Builder authorized() {
    return new Request.Builder().url(base).header("Authorization", authorization);
  }

  private static RequestBody json(ObjectNode body) {
    return RequestBody.create(Json.bytes(body), JSON);
  }
}
