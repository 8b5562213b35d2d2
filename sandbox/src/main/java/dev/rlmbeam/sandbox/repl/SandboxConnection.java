package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's end of one sandbox's tunnel: its contexts, its sessions, and the poller that listens
 * to them. It does not own the sandbox. Thread-safe. Whoever opens it closes it, before the
 * sandbox.
 */
public final class SandboxConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SandboxConnection.class);
  private static final AtomicLong SESSIONS = new AtomicLong();

  private final Sandbox sandbox;
  private final SandboxSpec spec;
  private final TunnelOptions options;
  private final Loss loss;
  private final AgentClient client;
  private final Responder responder;
  private final HeapShare queries;
  private final TunnelPoller poller;
  private final Map<String, AgentSession> sessions = new ConcurrentHashMap<>();
  private volatile boolean doubtful;

  private SandboxConnection(Sandbox sandbox, SandboxSpec spec, TunnelHttp http) {
    this.sandbox = sandbox;
    this.spec = spec;
    options = http.options();
    loss = new Loss(sandbox);
    client = new AgentClient(sandbox, http, loss);
    queries = http.queries();
    responder = new Responder(sandbox.id(), client::respond, loss, http.executor());
    poller = new TunnelPoller(sandbox, client, loss, this::handle, options, spec.lease());
  }

  /**
   * Starts to listen to a sandbox. Does not block.
   *
   * @param onLost called once, from any thread, if the sandbox is lost; must not block
   */
  public static SandboxConnection open(
      Sandbox sandbox, SandboxSpec spec, TunnelHttp http, Runnable onLost) {
    SandboxConnection connection = new SandboxConnection(sandbox, spec, http);
    connection.loss.onDeclared(
        () -> {
          connection
              .sessions
              .values()
              .forEach(session -> session.lost(connection.loss.exception()));
          onLost.run();
        });
    connection.poller.start();
    // Without it a tunnel that says nothing any more, and does not break either, would hide the
    // end.
    sandbox.onEnd(() -> connection.loss.declare("it has ended", null));
    return connection;
  }

  /** Whether the sandbox is known to be lost; then nothing works any more. */
  public boolean isLost() {
    return loss.isDeclared();
  }

  /**
   * Whether a session that could not be opened may have left something behind; then the sandbox
   * should serve no other.
   */
  public boolean isDoubtful() {
    return doubtful;
  }

  /**
   * Streams a context into the sandbox, unless it holds it already.
   *
   * @throws ContextException when it cannot be read or has another hash than it claims
   * @throws DiskFullException when there is no room for it
   * @throws SandboxException when the sandbox is lost or the timeout passes
   */
  public LoadedContext upload(ContextSource source, Duration timeout) throws InterruptedException {
    Deadline deadline = Deadline.in(timeout);
    ContextUpload upload = new ContextUpload(source);
    try {
      client.storeContext(source.sha256(), upload, deadline);
    } catch (AgentException e) {
      throw refusedUpload(source, e);
    }
    return upload.passed();
  }

  private RuntimeException refusedUpload(ContextSource source, AgentException e) {
    return switch (e.code()) {
      case "hash-mismatch" ->
          new ContextException(
              source.place(),
              "the context from " + source.place() + " has another SHA-256 than was claimed",
              e);
      case "disk-full" -> new DiskFullException(sandbox.id(), source.place(), e);
      default ->
          new SandboxException(sandbox.id(), true, "a context was refused: " + e.getMessage(), e);
    };
  }

  /** Forgets a stored context; sessions that have it keep it. Best effort. */
  public void deleteContext(String sha256) {
    try {
      client.deleteContext(sha256, Deadline.in(options.callTimeout()));
    } catch (AgentException | SandboxException e) {
      log.debug("sandbox={} context={} not deleted: {}", sandbox.id(), sha256, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Opens a session with its contexts bound.
   *
   * @param end hears of the session's end; of nothing when this method throws
   * @throws ContextException when a context is not what it claims to be
   * @throws ContextMissingException when the sandbox does not hold a context
   * @throws SandboxException when the sandbox is lost or the timeout passes
   */
  public ReplSession openSession(
      List<BoundContext> contexts, ModelQueryHandler handler, Duration timeout, SessionEnd end)
      throws InterruptedException {
    String id = "s" + SESSIONS.incrementAndGet();
    AtomicBoolean opened = new AtomicBoolean();
    AgentSession session =
        newSession(
            id,
            contexts,
            handler,
            clean -> {
              sessions.remove(id);
              if (opened.get()) {
                end.ended(clean);
              } else if (!clean) {
                doubtful = true;
              }
            });
    sessions.put(id, session);
    boolean refused = false;
    try {
      client.openSession(id, contexts, Deadline.in(timeout));
      loss.check();
      opened.set(true);
      return session;
    } catch (AgentException e) {
      refused = true;
      throw refusedSession(contexts, e);
    } finally {
      if (refused) {
        session.abandon();
      } else if (!opened.get()) {
        // The agent may have heard of it and only its answer been lost.
        session.close();
      }
    }
  }

  private AgentSession newSession(
      String id, List<BoundContext> contexts, ModelQueryHandler handler, SessionEnd end) {
    return new AgentSession(
        id,
        sandbox.id(),
        contexts.stream().map(BoundContext::context).toList(),
        client,
        loss,
        new SessionQueries(handler, responder, queries),
        spec.grace(),
        options.resultMargin(),
        end);
  }

  private RuntimeException refusedSession(List<BoundContext> contexts, AgentException e) {
    if (e.code().equals("context-missing")) {
      return new ContextMissingException(sandbox.id(), e.field("sha256"), e);
    }
    if (e.code().equals("context-memory")) {
      // What is free now depends on the neighbours: alone in a sandbox, or later, it may fit.
      String message = "the context from " + placeOf(contexts, e) + ": " + e.reason();
      return new SandboxException(sandbox.id(), true, message, e);
    }
    if (e.code().startsWith("context-")) {
      String place = placeOf(contexts, e);
      return new ContextException(place, "the context from " + place + ": " + e.reason(), e);
    }
    doubtful = true; // it may have run out of something that only a new sandbox has
    return new SandboxException(sandbox.id(), true, "a session was refused: " + e.getMessage(), e);
  }

  private static String placeOf(List<BoundContext> contexts, AgentException e) {
    for (BoundContext bound : contexts) {
      if (bound.context().name().equals(e.field("name"))
          || bound.context().sha256().equals(e.field("sha256"))) {
        return bound.place();
      }
    }
    return contexts.size() == 1 ? contexts.get(0).place() : "one of the task's contexts";
  }

  /** Of the poller's thread: must not block. */
  private void handle(AgentEvent event) {
    if (event instanceof AgentEvent.Asked asked) {
      AgentSession session = sessions.get(asked.query().session());
      if (session != null) {
        session.queries().ask(asked.query());
      } else {
        responder.send(Reply.error(asked.query().id(), "the session is closed"));
      }
    } else if (event instanceof AgentEvent.Withdrawn withdrawn) {
      AgentSession session = sessions.get(withdrawn.session());
      if (session != null) {
        session.queries().withdraw(withdrawn.ids());
      }
    } else if (event instanceof AgentEvent.Executed executed) {
      AgentSession session = sessions.get(executed.session());
      if (session != null) {
        session.executed(executed.execution(), executed.result());
      }
    } else if (event instanceof AgentEvent.Unreadable unreadable) {
      passOver(unreadable.header(), unreadable.reason());
    }
  }

  /** Whoever waits for it must not wait in vain. */
  private void passOver(EventHeader header, String reason) {
    AgentSession session = sessions.get(header.session());
    if (session != null && header.type().equals("executed")) {
      session.executedUnreadably(header.id(), reason);
    } else if (header.type().equals("query") && !header.id().isEmpty()) {
      responder.send(Reply.error(header.id(), "the host cannot read this query: " + reason));
    }
  }

  /** Stops listening. The sandbox goes on until it is closed itself or its lease runs out. */
  @Override
  public void close() {
    poller.close();
    loss.declare("its connection was closed", null);
  }
}
