package dev.rlmbeam.sandbox.local;

import dev.rlmbeam.sandbox.SandboxException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A program that runs as {@link LocalPrograms} runs them. Thread-safe. */
public final class LocalProgram implements AutoCloseable {

  /**
   * A piece of what it has written.
   *
   * @param bytes none if nothing came, or nothing of it is kept any more
   * @param end how many bytes there have been up to the piece's end, to ask for what comes after
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes for whoever asked, kept by nobody else
  public record Output(byte[] bytes, long end) {}

  private final LocalProcess contained;
  private final Process process;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final Map<Integer, TunnelForwarder.Tunnel> tunnels = new HashMap<>();
  private final Map<Integer, Integer> ports = new HashMap<>();
  private final Consumer<LocalProgram> onClosed;
  private final Ending ending = new Ending();

  LocalProgram(LocalProcess contained, Process process, Consumer<LocalProgram> onClosed) {
    this.contained = contained;
    this.process = process;
    this.onClosed = onClosed;
    CompletableFuture<?> unused =
        process.onExit().thenAccept(ended -> exit.complete(ended.exitValue()));
  }

  /** Waits for the line that says the relay listens. */
  void awaitReady(Duration timeout) throws InterruptedException {
    try {
      String unused = contained.output().readyLine().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SandboxException(
          "", true, id() + " is not ready after " + timeout + ": " + contained.describe(), e);
    } catch (ExecutionException e) {
      throw new SandboxException("", true, id() + " did not start: " + contained.describe(), e);
    }
  }

  /** Reached through this. */
  void lead(int port, TunnelForwarder.Tunnel tunnel) {
    tunnels.put(port, tunnel);
    ports.put(port, tunnel.port());
  }

  /** Reached as itself. */
  void lead(int port) {
    ports.put(port, port);
  }

  Collection<Integer> ports() {
    return ports.keySet();
  }

  /** A name of its own, for logs. */
  public String id() {
    return contained.id();
  }

  /**
   * The port of 127.0.0.1 behind which the program's own is; one that nobody listens on closes its
   * connections.
   */
  public int hostPort(int port) {
    Integer found = ports.get(port);
    if (found == null) {
      throw new IllegalArgumentException(id() + " was started without port " + port);
    }
    return found;
  }

  /**
   * Its exit code, once it has ended: 128 and the signal's number if one ended it, 126 or 127 if it
   * could not be started.
   */
  public CompletableFuture<Integer> exit() {
    return exit.copy();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive() && !ending.begun();
  }

  /** What it wrote to stdout after so many bytes; of all of it the last 256 KiB are kept. */
  public Output stdout(long after) {
    return contained.output().after(after);
  }

  /** The same of stderr. */
  public Output stderr(long after) {
    return contained.errors().after(after);
  }

  /** Whether both are at their end. */
  public boolean outputEnded() {
    return contained.output().ended() && contained.errors().ended();
  }

  /** The end of what it wrote, and its exit code if it has one, for messages. */
  public String describe() {
    return contained.describe();
  }

  /**
   * Kills it with all processes that it has started, and removes its folder; returns when nothing
   * is left. Idempotent.
   */
  @Override
  public void close() {
    ending.run(
        () -> {
          contained.end();
          tunnels.values().forEach(TunnelForwarder.Tunnel::close);
          contained.deleteFolder();
        },
        () -> onClosed.accept(this));
  }
}
