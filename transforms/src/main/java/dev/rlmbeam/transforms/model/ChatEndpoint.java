package dev.rlmbeam.transforms.model;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import okio.ByteString;

/**
 * One address that takes POSTs of JSON, and the connections to it. Thread-safe. Calls run on
 * okhttp's threads and the caller waits for them, because only so can a waiting caller be
 * interrupted: a blocked read of a socket cannot.
 */
final class ChatEndpoint implements AutoCloseable {
  // A socket that nobody answers on is "unreachable" long before a model is "slow".
  private static final long CONNECT_TIMEOUT_SECONDS = 10;
  // Far above any answer of a model; keeps streams of garbage, one a connection, from filling the
  // heap.
  private static final long MAX_BODY_BYTES = 8L << 20;
  private static final MediaType JSON = MediaType.get("application/json");

  private final HttpUrl url;
  private final Optional<Secret> key;
  private final int maxConnections;
  private final Semaphore connections;
  private final ThreadPoolExecutor threads;
  private final OkHttpClient client;
  private volatile boolean closed;

  ChatEndpoint(HttpUrl url, Optional<Secret> key, String model, int maxConnections) {
    this.url = url;
    this.key = key;
    this.maxConnections = maxConnections;
    // Fair: with more elements than connections none may wait for ever.
    this.connections = new Semaphore(maxConnections, true);
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "model-" + model + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    Dispatcher dispatcher = new Dispatcher(threads);
    // The semaphore bounds the calls; a cancelled one that still unwinds must not hold up others.
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    this.client =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(maxConnections, 2, TimeUnit.MINUTES))
            .socketFactory(new PromptSocketFactory())
            .connectTimeout(CONNECT_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            // Deadlines are the caller's: it waits so long and then cancels the call.
            .readTimeout(0, TimeUnit.SECONDS)
            .writeTimeout(0, TimeUnit.SECONDS)
            // A redirected POST becomes a GET without a body; better an error that names the place.
            .followRedirects(false)
            .build();
  }

  /**
   * Sends the body once and waits for the whole reply.
   *
   * @throws AttemptException when there is none within the time
   */
  HttpReply post(byte[] body, long nanos) throws AttemptException, InterruptedException {
    long start = System.nanoTime();
    if (!connections.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
      throw timeout("no one of its " + maxConnections + " connections came free");
    }
    try {
      return await(client.newCall(request(body)), nanos - (System.nanoTime() - start));
    } finally {
      connections.release();
    }
  }

  private Request request(byte[] body) {
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .header("Accept", "application/json")
            .post(new OneShotBody(body, JSON));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
    return request.build();
  }

  private HttpReply await(Call call, long nanos) throws AttemptException, InterruptedException {
    if (nanos <= 0) {
      // Nothing is sent that nobody can wait for: it would be charged all the same.
      throw timeout("no connection came free");
    }
    ReplyFuture reply = new ReplyFuture();
    call.enqueue(reply);
    try {
      return reply.get(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      call.cancel();
      throw e;
    } catch (TimeoutException e) {
      call.cancel();
      throw timeout("no whole answer came").because(e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (closed) {
        throw new AttemptException(Kind.UNAVAILABLE, 0, false, "the model was closed")
            .because(cause);
      }
      throw unreachable(cause).because(cause);
    }
  }

  private static AttemptException timeout(String what) {
    return new AttemptException(Kind.TIMEOUT, 0, false, what + " in time");
  }

  private static AttemptException unreachable(Throwable cause) {
    if (cause instanceof SSLPeerUnverifiedException
        || (cause instanceof SSLHandshakeException
            && cause.getCause() instanceof CertificateException)) {
      return new AttemptException(
          Kind.REFUSED, 0, false, "its certificate is not trusted: " + cause.getMessage());
    }
    return new AttemptException(
        Kind.UNAVAILABLE,
        0,
        true,
        "the connection failed: " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
  }

  /** Ends all calls under way and frees threads and connections. */
  @Override
  public void close() {
    closed = true;
    client.dispatcher().cancelAll();
    threads.shutdown();
    client.connectionPool().evictAll();
    boolean interrupted = false;
    try {
      // Cancelled calls come back at once; the bound is for a look-up of a name that hangs.
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      threads.shutdownNow();
    }
    client.connectionPool().evictAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the reply on okhttp's thread. */
  private static final class ReplyFuture extends CompletableFuture<HttpReply> implements Callback {
    @Override
    public void onResponse(Call call, Response response) {
      try (response) {
        complete(read(response));
      } catch (IOException | RuntimeException e) {
        completeExceptionally(e);
      }
    }

    @Override
    public void onFailure(Call call, IOException e) {
      completeExceptionally(e);
    }

    private static HttpReply read(Response response) throws IOException {
      BufferedSource source = response.body().source();
      boolean complete = true;
      try {
        if (source.request(MAX_BODY_BYTES + 1)) {
          throw new IOException("the answer has more than " + MAX_BODY_BYTES + " bytes");
        }
      } catch (IOException e) {
        if (source.getBuffer().size() > MAX_BODY_BYTES) {
          throw e;
        }
        // The status has been seen: what was cut off is an answer, not a lost connection.
        complete = false;
      }
      ByteString body = source.getBuffer().readByteString();
      return new HttpReply(response.code(), response.headers(), body, complete);
    }
  }
}
