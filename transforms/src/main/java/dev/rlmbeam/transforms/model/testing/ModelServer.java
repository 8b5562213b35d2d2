package dev.rlmbeam.transforms.model.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A real HTTP server on this machine that speaks OpenAI's chat completions and says what a script
 * tells it to: answers, delays and every misfortune that a service can have. One thread serves all
 * calls, waiting ones included, so hundreds may be under way. Thread-safe.
 *
 * <pre>{@code
 * try (ModelServer server = ModelServer.start(call -> call.number() == 1
 *     ? ServerReply.error(429, "rate_limit_exceeded", "slow down").header("Retry-After", "1")
 *     : ServerReply.text("42").after(Duration.ofMillis(50)))) {
 *   ... server.baseUrl() ...
 * }
 * }</pre>
 */
public final class ModelServer implements AutoCloseable {

  /**
   * Says what happens to a call. Runs on the server's one thread: it must not block, delays belong
   * into the reply. What it throws becomes a 500 with the message.
   */
  @FunctionalInterface
  public interface Script {
    ServerReply reply(ModelCall call);
  }

  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong abandoned = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger peakInFlight = new AtomicInteger();
  private final ServerLoop loop;

  private ModelServer(int port, Script script) throws IOException {
    loop = new ServerLoop(port, script, this);
    loop.start();
  }

  /** A server on a port that the system chooses. */
  public static ModelServer start(Script script) {
    return start(0, script);
  }

  /**
   * A server on this port of the loopback interface.
   *
   * @param port 0 for one that the system chooses, which keeps tests from meeting each other
   */
  public static ModelServer start(int port, Script script) {
    try {
      return new ModelServer(port, script);
    } catch (IOException e) {
      throw new UncheckedIOException("no model server on port " + port + " of 127.0.0.1", e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return loop.port();
  }

  /** The base URL for a client: {@code http://127.0.0.1:PORT/v1}. */
  public String baseUrl() {
    return "http://127.0.0.1:" + port() + "/v1";
  }

  /** Calls that came so far, repeated attempts included. */
  public long calls() {
    return calls.get();
  }

  /** Calls whose client went away before the end of the reply. */
  public long abandoned() {
    return abandoned.get();
  }

  /** Calls that came and have no whole reply yet. */
  public int inFlight() {
    return inFlight.get();
  }

  /** The most calls that were in flight at once. */
  public int peakInFlight() {
    return peakInFlight.get();
  }

  /** Starts the count of {@link #peakInFlight()} anew, from what is in flight now. */
  public void resetPeak() {
    peakInFlight.set(inFlight.get());
  }

  long begun() {
    peakInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    return calls.incrementAndGet();
  }

  void ended(boolean answered) {
    inFlight.decrementAndGet();
    if (!answered) {
      abandoned.incrementAndGet();
    }
  }

  /** Drops all connections and ends the thread. */
  @Override
  public void close() {
    loop.close();
  }
}
