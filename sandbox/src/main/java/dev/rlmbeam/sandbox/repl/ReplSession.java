package dev.rlmbeam.sandbox.repl;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The REPL of one RLM: a live Python process in a sandbox. One thread at a time, but {@link
 * #close()} may come from any. Whoever opened it closes it.
 */
public interface ReplSession extends AutoCloseable {

  /** The session's id, unique in its sandbox. */
  String id();

  /** The sandbox that holds it. */
  String sandboxId();

  /** The contexts as they stand in the sandbox, in the order they were given. */
  List<LoadedContext> contexts();

  /**
   * Runs a code block and waits for its end, which is certain: past {@code timeout} the block is
   * interrupted, then killed.
   *
   * @throws dev.rlmbeam.sandbox.SandboxLostException when the sandbox is gone
   * @throws InterruptedException when interrupted; the block is interrupted too, and the session
   *     should be closed
   */
  default ExecutionResult execute(String code, Duration timeout) throws InterruptedException {
    return execute(code, timeout, () -> false);
  }

  /**
   * The same, and whoever waits can end the block before its time.
   *
   * @param over asked many times a second, by the thread that waits; once it says true, the block
   *     is ended as it would be past {@code timeout}, and its result is waited for all the same
   */
  ExecutionResult execute(String code, Duration timeout, BooleanSupplier over)
      throws InterruptedException;

  /**
   * Runs setup code, as {@link #execute}; it is run again whenever the session has to be restarted.
   */
  ExecutionResult setUp(String code, Duration timeout) throws InterruptedException;

  /**
   * Ends the session: its processes, its files, its queries. Idempotent and bounded in time; throws
   * nothing.
   */
  @Override
  void close();
}
