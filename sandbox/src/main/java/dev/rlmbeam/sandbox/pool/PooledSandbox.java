package dev.rlmbeam.sandbox.pool;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.repl.SandboxConnection;
import dev.rlmbeam.sandbox.repl.TunnelHttp;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox of the pool. Its changing fields are guarded by the {@link SlotTable} that holds it.
 */
final class PooledSandbox {
  private static final long MEBIBYTE = 1024 * 1024;

  final Sandbox sandbox;
  final SandboxConnection connection;
  final SandboxContexts contexts;

  /** The bundle it was opened for. */
  final String affinity;

  /** When its life began: somewhere else that is before its agent answers. */
  final long bornNanos;

  /** Who pays for its time. */
  final SandboxShare share;

  /** Sessions in it, those being opened included. */
  int sessions;

  /** Sessions it has had in all. */
  long served;

  /** Serves one session, which wants it so. */
  boolean alone;

  /** Takes no session any more. */
  boolean retired;

  /** Retired only so that another can be opened in its place; taken back if none is wanted. */
  boolean makesRoom;

  /** Handed out to be closed. */
  boolean closing;

  /** Since when it has no session. */
  long idleSinceNanos;

  PooledSandbox(
      Sandbox sandbox,
      SandboxConnection connection,
      SandboxContexts contexts,
      String affinity,
      long openedNanos) {
    this.sandbox = sandbox;
    this.connection = connection;
    this.contexts = contexts;
    this.affinity = affinity;
    this.bornNanos = openedNanos - sandbox.age().toNanos();
    this.idleSinceNanos = openedNanos;
    share = new SandboxShare(sandbox.age(), System::nanoTime);
  }

  /**
   * Starts to listen to a sandbox.
   *
   * @param onLost hears if it is lost; not if that happens before this method returns
   */
  static PooledSandbox connect(
      Sandbox sandbox,
      PoolOptions options,
      TunnelHttp http,
      String affinity,
      Consumer<PooledSandbox> onLost) {
    AtomicReference<@Nullable PooledSandbox> self = new AtomicReference<>();
    SandboxConnection connection =
        SandboxConnection.open(
            sandbox,
            options.spec(),
            http,
            () -> {
              PooledSandbox lost = self.get();
              if (lost != null) { // else the next look at the table finds it
                onLost.accept(lost);
              }
            });
    SandboxContexts contexts =
        new SandboxContexts(connection, options.contextCacheMib() * MEBIBYTE);
    PooledSandbox pooled =
        new PooledSandbox(sandbox, connection, contexts, affinity, System.nanoTime());
    self.set(pooled);
    return pooled;
  }

  void close() {
    connection.close();
    sandbox.close();
  }
}
