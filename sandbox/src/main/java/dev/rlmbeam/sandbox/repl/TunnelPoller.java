package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.rlmbeam.sandbox.Sandbox;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to one sandbox: a thread that keeps a stream of events open, opens the next where the
 * last one ended, and hands each event on exactly once. It never answers itself, so that no answer
 * makes another wait. What it has handed on it acknowledges with the next stream; what a broken
 * stream took with it comes again.
 */
final class TunnelPoller implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TunnelPoller.class);

  /** The agent keeps 10,000 events and 256 MiB of them until they are acknowledged. */
  private static final int EVENTS_A_STREAM = 1_000;

  private static final long BYTES_A_STREAM = 16L * 1024 * 1024;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Sandbox sandbox;
  private final AgentClient client;
  private final Loss loss;
  private final EventInbox inbox;
  private final TunnelOptions options;
  private final Duration lease;
  private final StreamTrust trust = new StreamTrust();
  private final Thread thread;

  private volatile boolean stopped;
  private volatile @Nullable Call current;

  // Of the poller's thread alone.
  private long lastContactNanos = System.nanoTime();
  private Duration pause = FIRST_PAUSE;

  /**
   * Not started yet.
   *
   * @param lease contact that is lost for so long will not come back
   */
  TunnelPoller(
      Sandbox sandbox,
      AgentClient client,
      Loss loss,
      Consumer<AgentEvent> sink,
      TunnelOptions options,
      Duration lease) {
    this.sandbox = sandbox;
    this.client = client;
    this.loss = loss;
    inbox = new EventInbox(sandbox.id(), loss, sink);
    this.options = options;
    this.lease = lease;
    thread = new Thread(this::run, "tunnel-poller-" + sandbox.id());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Stops listening; the thread has ended when this returns, within a second or so. */
  @Override
  public void close() {
    stopped = true;
    Call call = current;
    if (call != null) {
      call.cancel();
    }
    thread.interrupt();
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopped && !loss.isDeclared()) {
        try {
          if (trust.streams()) {
            stream();
          } else {
            poll();
          }
          pause = FIRST_PAUSE;
        } catch (JsonEOFException e) {
          handleBreak(e); // cut off in the middle of an event, which comes again
        } catch (JsonProcessingException e) {
          loss.declare("the agent's events cannot be read (" + e.getMessage() + ")", e);
        } catch (IOException e) {
          handleBreak(e);
        } catch (AgentException e) {
          if (!e.isTransient()) {
            loss.declare("the agent refuses to be polled (" + e.getMessage() + ")", e);
          } else {
            handleBreak(e);
          }
        }
      }
    } catch (InterruptedException e) {
      // Only close() interrupts this thread.
      log.debug("sandbox={} poller stopped", sandbox.id());
    } catch (RuntimeException | Error e) {
      loss.declare("the poller failed (" + e + ")", e);
    }
  }

  /** Waits a little, unless it is known that nothing will come any more. */
  private void handleBreak(Exception e) throws InterruptedException {
    if (stopped) {
      return;
    }
    log.debug("sandbox={} poll broke: {}", sandbox.id(), e.toString());
    if (!sandbox.isAlive()) {
      loss.declare("it has ended", e);
      return;
    }
    Duration silent = Duration.ofNanos(System.nanoTime() - lastContactNanos);
    if (silent.compareTo(patience()) > 0) {
      loss.declare("it could not be reached for " + silent.toSeconds() + " s", e);
      return;
    }
    loss.pause(pause);
    pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  /** After its lease it is gone for certain; before that, another sandbox is sooner at work. */
  private Duration patience() {
    return options.unreachable().compareTo(lease) < 0 ? options.unreachable() : lease;
  }

  private void stream() throws IOException, AgentException {
    FirstLineWatch watch = new FirstLineWatch(options.firstEventTimeout());
    Call call = client.stream(inbox.after(), lease.dividedBy(3), watch);
    current = call;
    if (stopped) {
      return;
    }
    boolean answered = false;
    boolean opened = false;
    long startNanos = System.nanoTime();
    try (Response response = call.execute()) {
      if (!response.isSuccessful()) {
        AgentCalls.read(call.request(), response);
      }
      answered = true;
      ResponseBody body = response.body();
      if (body == null) {
        throw new IOException("a stream without a body");
      }
      EventLines lines = new EventLines(body.source());
      int events = 0;
      long bytes = 0;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        boolean readable = inbox.takeLine(line);
        if (readable) {
          lastContactNanos = System.nanoTime();
        }
        if (!opened) {
          if (!readable) {
            throw new IOException("what came is no stream of events");
          }
          opened = true;
          watch.stop(); // from now on silence may last a few beats
        }
        events++;
        bytes += line.length;
        if (events >= EVENTS_A_STREAM || bytes >= BYTES_A_STREAM || stopped || loss.isDeclared()) {
          // The next stream acknowledges what this one brought. Cancelled first, or closing the
          // response would read on for a while in the hope of keeping its connection.
          call.cancel();
          break;
        }
      }
      if (!opened) {
        throw new IOException("a stream ended before its first line");
      }
      trust.streamEnded();
    } catch (IOException e) {
      if (watch.fired()) {
        heldBack(options.firstEventTimeout());
      } else if (answered && e instanceof SocketTimeoutException) {
        // Its beats should have come, if nothing else: something on the way keeps them.
        heldBack(client.silence());
      } else if (answered) {
        trust.broke(Duration.ofNanos(System.nanoTime() - startNanos));
      } // else there was no connection: no fault of streams
      throw e;
    } finally {
      watch.stop();
      // An unfinished stream is of no use to anyone: its connection must not be read to its end.
      call.cancel();
      current = null;
    }
  }

  private void heldBack(Duration time) {
    log.warn(
        "sandbox={} sends no events as a stream in {}; polling every {} instead",
        sandbox.id(),
        time,
        options.pollInterval());
    trust.heldBack();
  }

  private void poll() throws IOException, AgentException, InterruptedException {
    Duration timeout = options.callTimeout().compareTo(lease) < 0 ? options.callTimeout() : lease;
    int events = inbox.takeAnswer(client.poll(inbox.after(), timeout));
    lastContactNanos = System.nanoTime();
    if (events == 0) {
      loss.pause(options.pollInterval());
    }
  }
}
