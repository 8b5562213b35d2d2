package dev.rlmbeam.sandbox.testing;

import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.LoadedContext;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sessions in which no Python runs: a script says what each code block does, and may ask models as
 * the code would. Everything else is as in a real pool: contexts are read, sessions counted. No
 * sandbox and no thread is behind it. Thread-safe.
 *
 * <pre>{@code
 * ScriptedSessions sessions =
 *     ScriptedSessions.running(block -> ScriptedResult.answering(block.query("Who?")).build());
 * }</pre>
 */
public final class ScriptedSessions implements SessionPool {

  /** What the code blocks do. Called on the thread that executes, by several sessions at once. */
  @FunctionalInterface
  public interface Script {

    /**
     * Runs one block.
     *
     * @throws dev.rlmbeam.sandbox.SandboxLostException to lose the sandbox
     * @throws InterruptedException when interrupted while it waits for a model
     */
    ExecutionResult run(ScriptedBlock block) throws InterruptedException;
  }

  /** What happens when a session is asked for; throws what the pool is to throw. */
  @FunctionalInterface
  public interface Opening {
    void open(Request request) throws InterruptedException;
  }

  private final Script script;
  private final Opening opening;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  private ScriptedSessions(Script script, Opening opening) {
    this.script = script;
    this.opening = opening;
  }

  /** Sessions whose blocks do what the script says. */
  public static ScriptedSessions running(Script script) {
    return new ScriptedSessions(script, request -> {});
  }

  /** A new pool with the same script; each session is opened only if {@code opening} lets it. */
  public ScriptedSessions opening(Opening how) {
    return new ScriptedSessions(script, how);
  }

  /** Sessions that were ever opened. */
  public int opened() {
    return opened.get();
  }

  /** Sessions that are open now. */
  public int openNow() {
    return open.get();
  }

  @Override
  public ReplSession open(Request request, ModelQueryHandler handler) throws InterruptedException {
    opening.open(request);
    List<LoadedContext> loaded = new ArrayList<>();
    for (ContextSource context : request.contexts()) {
      loaded.add(load(context));
    }
    String id = "session-" + opened.incrementAndGet();
    open.incrementAndGet();
    return new ScriptedSession(id, List.copyOf(loaded), script, handler, open::decrementAndGet);
  }

  /** Always 0: there are none. */
  @Override
  public int openSandboxes() {
    return 0;
  }

  @Override
  public void close() {}

  private static LoadedContext load(ContextSource context) {
    try (InputStream in = context.open()) {
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      in.transferTo(copy);
      byte[] bytes = copy.toByteArray();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      return new LoadedContext(
          context.name(),
          HexFormat.of().formatHex(hash),
          bytes.length,
          text.codePointCount(0, text.length()));
    } catch (IOException e) {
      throw new ContextException(context.place(), "cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
