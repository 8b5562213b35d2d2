package dev.rlmbeam.runners.flink;

import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;

/**
 * The model of a proof, and what it saw of a run: when the first call came and the last one was
 * answered. Called on the server's one thread; read when a run is over.
 */
final class ProofModel implements ModelServer.Script {
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean atOnce;
  private volatile long first;
  private volatile long last;

  @Override
  public ServerReply reply(ModelCall call) {
    long now = System.nanoTime();
    if (first == 0) {
      first = now;
    }
    last = now + latency.toNanos();
    return atOnce ? Rows.replyAtOnce() : Rows.reply(call, latency);
  }

  /** Forgets what it saw; from now on it takes three turns, each after this time. */
  void start(Duration newLatency) {
    latency = newLatency;
    atOnce = false;
    first = 0;
  }

  /** Forgets what it saw; from now on it answers in its first turn, at once. */
  void startAtOnce() {
    start(Duration.ZERO);
    atOnce = true;
  }

  /** From the first call to the last answer: a run without its start and its end. */
  double seconds() {
    return (last - first) / 1e9;
  }
}
