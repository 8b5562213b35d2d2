package dev.rlmbeam.sandbox;

import java.net.URI;
import java.time.Duration;

/**
 * One running sandbox with the agent in it, reached through its tunnel.
 *
 * <p>Thread-safe. Whoever opened it closes it.
 */
public interface Sandbox extends AutoCloseable {

  /** Names the sandbox in logs and errors, unique in the worker. */
  String id();

  /** Where the agent listens, without a trailing slash: {@code http://127.0.0.1:41234}. */
  URI tunnel();

  /** The bearer token for every call through the tunnel, made for this sandbox alone. */
  SandboxToken token();

  /**
   * Whether sessions have uids of their own here; if not, the sandbox may serve one session only.
   */
  boolean sessionsApart();

  /** False once the sandbox is known to have ended. */
  boolean isAlive();

  /**
   * Runs the action once when the sandbox is known to have ended, at once if it is already. From
   * any thread; it must not block. May be called with one action only.
   */
  void onEnd(Runnable action);

  /** For how long it has been paid for; zero where nothing is paid. */
  default Duration age() {
    return Duration.ZERO;
  }

  /**
   * The last lines that the sandbox wrote to its stderr, and how it ended if it did; empty if
   * unknown.
   */
  String diagnostics();

  /** Ends the sandbox and everything in it. Idempotent; returns within a few seconds. */
  @Override
  void close();
}
