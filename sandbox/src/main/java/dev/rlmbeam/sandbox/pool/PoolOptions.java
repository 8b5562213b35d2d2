package dev.rlmbeam.sandbox.pool;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.repl.TunnelOptions;
import java.time.Duration;

/**
 * What a pool opens and how far it goes. Immutable.
 *
 * @param spec of every sandbox; default {@link SandboxSpec#defaults()}
 * @param isolation default {@link Isolation#BUNDLE}
 * @param sessionsPerSandbox most sessions of one sandbox at a time under {@code BUNDLE}; 1 or more,
 *     default 8
 * @param maxSandboxes most sandboxes at a time, those that open or close included; 1 or more,
 *     default 64
 * @param sessionLife how long a session may be expected to live: a sandbox with less of its timeout
 *     left takes no new one; default 300 s, and at most half of the sandbox's timeout counts
 * @param idleTimeout a sandbox without sessions is kept for so long; default 60 s
 * @param contextCacheMib contexts that no session uses any more are kept in a sandbox up to this
 *     much, in MiB; 0 or more, default 512
 * @param tunnel patience with the tunnels
 */
public record PoolOptions(
    SandboxSpec spec,
    Isolation isolation,
    int sessionsPerSandbox,
    int maxSandboxes,
    Duration sessionLife,
    Duration idleTimeout,
    int contextCacheMib,
    TunnelOptions tunnel) {

  public PoolOptions {
    require(
        sessionsPerSandbox >= 1, "sessionsPerSandbox must be >= 1, but was ", sessionsPerSandbox);
    require(maxSandboxes >= 1, "maxSandboxes must be >= 1, but was ", maxSandboxes);
    require(!sessionLife.isNegative(), "sessionLife must be >= 0, but was ", sessionLife);
    require(!idleTimeout.isNegative(), "idleTimeout must be >= 0, but was ", idleTimeout);
    require(contextCacheMib >= 0, "contextCacheMib must be >= 0, but was ", contextCacheMib);
  }

  /** All defaults. */
  public static PoolOptions defaults() {
    return new PoolOptions(
        SandboxSpec.defaults(),
        Isolation.BUNDLE,
        8,
        64,
        Duration.ofSeconds(300),
        Duration.ofSeconds(60),
        512,
        TunnelOptions.defaults());
  }

  /** The same with other sandboxes. */
  public PoolOptions withSpec(SandboxSpec newSpec) {
    return new PoolOptions(
        newSpec,
        isolation,
        sessionsPerSandbox,
        maxSandboxes,
        sessionLife,
        idleTimeout,
        contextCacheMib,
        tunnel);
  }

  /** The same with another isolation. */
  public PoolOptions withIsolation(Isolation newIsolation) {
    return new PoolOptions(
        spec,
        newIsolation,
        sessionsPerSandbox,
        maxSandboxes,
        sessionLife,
        idleTimeout,
        contextCacheMib,
        tunnel);
  }

  /** The same with other bounds. */
  public PoolOptions withBounds(int newSessionsPerSandbox, int newMaxSandboxes) {
    return new PoolOptions(
        spec,
        isolation,
        newSessionsPerSandbox,
        newMaxSandboxes,
        sessionLife,
        idleTimeout,
        contextCacheMib,
        tunnel);
  }

  /** The same with another expectation of how long a session lives. */
  public PoolOptions withSessionLife(Duration newSessionLife) {
    return new PoolOptions(
        spec,
        isolation,
        sessionsPerSandbox,
        maxSandboxes,
        newSessionLife,
        idleTimeout,
        contextCacheMib,
        tunnel);
  }

  /** The same with another idle timeout. */
  public PoolOptions withIdleTimeout(Duration newIdleTimeout) {
    return new PoolOptions(
        spec,
        isolation,
        sessionsPerSandbox,
        maxSandboxes,
        sessionLife,
        newIdleTimeout,
        contextCacheMib,
        tunnel);
  }

  /** The same with another bound for contexts that nobody uses, in MiB. */
  public PoolOptions withContextCacheMib(int newContextCacheMib) {
    return new PoolOptions(
        spec,
        isolation,
        sessionsPerSandbox,
        maxSandboxes,
        sessionLife,
        idleTimeout,
        newContextCacheMib,
        tunnel);
  }

  /** The same with another patience. */
  public PoolOptions withTunnel(TunnelOptions newTunnel) {
    return new PoolOptions(
        spec,
        isolation,
        sessionsPerSandbox,
        maxSandboxes,
        sessionLife,
        idleTimeout,
        contextCacheMib,
        newTunnel);
  }

  private static void require(boolean holds, String message, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(message + value);
    }
  }
}
