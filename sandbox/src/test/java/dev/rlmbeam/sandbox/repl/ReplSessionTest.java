package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.CountingModel;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions of the real agent, over real HTTP. */
@Timeout(60)
final class ReplSessionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static LocalSandboxes sandboxes;
  private static final List<Boolean> ends = new ArrayList<>();
  private static TunnelHttp http;
  private static Sandbox sandbox;
  private static SandboxConnection connection;
  private CountingModel model;

  @BeforeAll
  static void openSandbox() throws Exception {
    sandboxes = LocalSandboxes.create(LocalOptions.defaults().withIsolation(LocalIsolation.NONE));
    http = new TunnelHttp(TunnelOptions.defaults());
    SandboxSpec spec = SandboxSpec.defaults().withGrace(Duration.ofMillis(300));
    sandbox = sandboxes.open(spec);
    connection = SandboxConnection.open(sandbox, spec, http, () -> {});
  }

  @AfterAll
  static void closeSandbox() {
    connection.close();
    http.close();
    sandboxes.close();
    assertThat(Leftovers.threads()).isEmpty();
  }

  @BeforeEach
  void openModel() {
    model = new CountingModel();
    ends.clear();
  }

  @AfterEach
  void closeModel() {
    model.close();
  }

  private ReplSession open(ContextSource... contexts) throws InterruptedException {
    List<BoundContext> bound = new ArrayList<>();
    for (ContextSource source : contexts) {
      LoadedContext loaded = connection.upload(source, TIMEOUT);
      bound.add(new BoundContext(loaded, source.type(), source.place()));
    }
    return connection.openSession(bound, model, TIMEOUT, ends::add);
  }

  private static ExecutionResult run(ReplSession session, String code) throws InterruptedException {
    return session.execute(code, TIMEOUT);
  }

  @Test
  void runsBlocksOneAfterAnotherInOneProcess() throws Exception {
    try (ReplSession session = open()) {
      assertThat(run(session, "x = 20").outcome()).isEqualTo(ExecutionResult.Outcome.OK);

      ExecutionResult result =
          run(session, "print(x + 1)\nanswer['content'] = x\nanswer['ready'] = True");

      assertThat(result.stdout()).isEqualTo("21\n");
      assertThat(result.stdoutChars()).isEqualTo(3);
      assertThat(result.answer()).hasValue(new ExecutionResult.Answer(true, "20"));
      assertThat(result.variables().toString()).contains("name=x, type=int");
    }
    assertThat(ends).containsExactly(true);
  }

  @Test
  void tellsAnErrorWithItsTraceback() throws Exception {
    try (ReplSession session = open()) {
      ExecutionResult result = run(session, "y = 1\nraise ValueError('no 😀')");

      assertThat(result.outcome()).isEqualTo(ExecutionResult.Outcome.ERROR);
      assertThat(result.error().get().type()).isEqualTo("ValueError");
      assertThat(result.error().get().message()).isEqualTo("no 😀");
      assertThat(run(session, "print(y)").stdout()).isEqualTo("1\n");
    }
  }

  @Test
  void bindsContextsExactly() throws Exception {
    String text = "a\"\"\"\0\r\n😀\u2028é";
    TextContext context = TextContext.of(text);
    try (ReplSession session = open(context.withoutHash(), TextContext.json("rows", "[1,{}]"))) {
      LoadedContext loaded = session.contexts().get(0);
      assertThat(loaded.sha256()).isEqualTo(context.hash());
      assertThat(loaded.codePoints()).isEqualTo(text.codePointCount(0, text.length()));
      assertThat(loaded.bytes()).isEqualTo(text.getBytes(UTF_8).length);

      ExecutionResult result = run(session, "print(len(context), ascii(context), rows)");

      assertThat(result.stdout())
          .isEqualTo("10 'a\"\"\"\\x00\\r\\n\\U0001f600\\u2028\\xe9' [1, {}]\n");
    }
  }

  @Test
  void aContextThatIsNoUtf8IsNamedWithItsPlace() {
    TextContext broken = TextContext.of(new byte[] {'a', 'b', (byte) 0xff, 'c'});

    ContextException e = assertThrows(ContextException.class, () -> open(broken));

    assertThat(e.place()).isEqualTo("inline");
    assertThat(e).hasMessageThat().contains("not UTF-8 at byte 2");
    assertThat(ends).isEmpty();
  }

  @Test
  void aContextThatIsNoJsonIsNamed() {
    ContextException e =
        assertThrows(ContextException.class, () -> open(TextContext.json("rows", "{nope")));

    assertThat(e).hasMessageThat().contains("the context from inline: ");
    assertThat(e).hasMessageThat().contains("JSON");
  }

  @Test
  void aContextThatCannotBeReadIsNamedWithItsCause() {
    ContextSource unreadable = new BrokenContext();

    ContextException e =
        assertThrows(ContextException.class, () -> connection.upload(unreadable, TIMEOUT));

    assertThat(e).hasMessageThat().contains("cannot be read from gs://bucket/missing");
    assertThat(e).hasCauseThat().hasMessageThat().isEqualTo("no such object");
  }

  @Test
  void aSourceThatThrowsAnythingIsAContextAtFault() {
    ContextSource bad = TextContext.of("x").failing(new IllegalStateException("decoder lost"));
    ContextSource told = TextContext.of("x").failing(new ContextException("row 7", "too large"));

    ContextException e =
        assertThrows(ContextException.class, () -> connection.upload(bad, TIMEOUT));
    ContextException own =
        assertThrows(ContextException.class, () -> connection.upload(told, TIMEOUT));

    assertThat(e).hasMessageThat().contains("cannot be read from inline");
    assertThat(e).hasMessageThat().contains("decoder lost");
    assertThat(own.place()).isEqualTo("row 7");
  }

  @Test
  void aBlockWithoutTimeIsAMistake() throws Exception {
    try (ReplSession session = open()) {
      assertThrows(IllegalArgumentException.class, () -> session.execute("1", Duration.ZERO));
    }
  }

  @Test
  void aContextWithAnotherHashThanItClaimsIsRefused() {
    ContextSource liar = new LyingContext();

    ContextException e =
        assertThrows(ContextException.class, () -> connection.upload(liar, TIMEOUT));

    assertThat(e).hasMessageThat().contains("another SHA-256 than was claimed");
  }

  @Test
  void aContextTheSandboxDoesNotHoldIsAskedForAgain() {
    BoundContext unknown =
        new BoundContext(
            new LoadedContext("context", "0".repeat(64), 1, 1), ContextSource.Type.TEXT, "x");

    ContextMissingException e =
        assertThrows(
            ContextMissingException.class,
            () -> connection.openSession(List.of(unknown), model, TIMEOUT, ends::add));

    assertThat(e.sha256()).isEqualTo("0".repeat(64));
    assertThat(connection.isDoubtful()).isFalse();
  }

  @Test
  void answersSingleAndBatchedQueries() throws Exception {
    try (ReplSession session = open()) {
      ExecutionResult result =
          run(session, "print(llm_query('a'), llm_query_batched(['b', 'c 😀']))");

      assertThat(result.stdout()).isEqualTo("re: a ['re: b', 're: c 😀']\n");
      assertThat(model.calls()).isEqualTo(2);
    }
  }

  @Test
  void anErrorOfTheHandlerIsTextInTheSandbox() throws Exception {
    ModelQueryHandler handler =
        query ->
            query.prompts().get(0).equals("few")
                ? CompletableFuture.completedFuture(ModelAnswer.of(List.of()))
                : CompletableFuture.completedFuture(ModelAnswer.failed("no budget \ud800 left"));
    try (ReplSession session = connection.openSession(List.of(), handler, TIMEOUT, ends::add)) {
      assertThat(run(session, "print(llm_query('x'))").stdout())
          .isEqualTo("Error: no budget \ufffd left\n");
      assertThat(run(session, "print(llm_query('few'))").stdout())
          .isEqualTo("Error: the host has 0 answers to 1 prompts\n");
    }
  }

  @Test
  void sixtyFourThreadsAreAnsweredAtTheSameTime() throws Exception {
    try (CountingModel slow = new CountingModel(Duration.ofMillis(50));
        ReplSession session = connection.openSession(List.of(), slow, TIMEOUT, ends::add)) {
      ExecutionResult result =
          run(
              session,
              """
              import threading, time
              out = [None] * 64
              def ask(k):
                  out[k] = llm_query('p%d' % k)
              threads = [threading.Thread(target=ask, args=(k,)) for k in range(64)]
              start = time.perf_counter()
              for t in threads: t.start()
              for t in threads: t.join()
              print(out == ['re: p%d' % k for k in range(64)], time.perf_counter() - start < 1.6)
              """);

      // One after another they would take 3.2 s.
      assertThat(result.stdout()).isEqualTo("True True\n");
      assertThat(slow.calls()).isEqualTo(64);
    }
  }

  @Test
  void anOverdueBlockIsInterruptedAndItsQueriesAreCancelled() throws Exception {
    CompletableFuture<ModelAnswer> never = new CompletableFuture<>();
    try (ReplSession session =
        connection.openSession(List.of(), query -> never, TIMEOUT, ends::add)) {
      session.setUp("kept = 7", TIMEOUT);

      ExecutionResult result =
          session.execute(
              "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nllm_query('x')",
              Duration.ofMillis(300));

      assertThat(result.outcome()).isEqualTo(ExecutionResult.Outcome.KILLED);
      assertThat(result.restarted()).isTrue();
      assertThat(Leftovers.within(TIMEOUT, never::isCancelled)).isTrue();
      assertThat(run(session, "print(kept)").stdout()).isEqualTo("7\n");
    }
  }

  @Test
  void anInterruptedCallerInterruptsTheBlockAndCanStillClose() throws Exception {
    ReplSession session = open();
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                started.countDown();
                session.execute("while True: pass", Duration.ofSeconds(60));
              } catch (InterruptedException | RuntimeException e) {
                outcome.complete(e);
                Thread.currentThread().interrupt();
              }
              session.close();
              flag.complete(Thread.currentThread().isInterrupted());
            });
    caller.start();
    started.await();
    caller.interrupt();

    assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(flag.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ends).containsExactly(true);
  }

  @Test
  void closingFromAnotherThreadEndsTheWait() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    ReplSession session =
        connection.openSession(
            List.of(),
            query -> {
              asked.countDown();
              return new CompletableFuture<>();
            },
            TIMEOUT,
            ends::add);
    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(
            () -> {
              try {
                asked.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              session.close();
            });

    SandboxException e = assertThrows(SandboxException.class, () -> run(session, "llm_query('x')"));

    assertThat(e).hasMessageThat().contains("was closed while a block ran");
    closed.get(20, TimeUnit.SECONDS);
    session.close();
    assertThat(ends).containsExactly(true);
    assertThrows(IllegalStateException.class, () -> run(session, "1"));
  }

  @Test
  void aForgedSessionIsRefused() throws Exception {
    AgentClient client = new AgentClient(sandbox, http, new Loss(sandbox));

    AgentException e =
        assertThrows(
            AgentException.class,
            () -> client.execute("forged", "x1", "1", TIMEOUT, false, Deadline.in(TIMEOUT)));

    assertThat(e.status()).isEqualTo(404);
    assertThat(e.code()).isEqualTo("no-session");
  }

  @Test
  void aKilledAgentIsNoticedAtOnce() throws Exception {
    long pidsBefore = ProcessHandle.current().children().count();
    CountDownLatch asked = new CountDownLatch(1);
    Sandbox victim = sandboxes.open(SandboxSpec.defaults());
    assertThat(ProcessHandle.current().children().count()).isEqualTo(pidsBefore + 1);
    ProcessHandle process =
        ProcessHandle.current()
            .children()
            .max((a, b) -> a.info().startInstant().get().compareTo(b.info().startInstant().get()))
            .get();
    SandboxConnection doomed =
        SandboxConnection.open(victim, SandboxSpec.defaults(), http, () -> {});
    ReplSession session =
        doomed.openSession(
            List.of(),
            query -> {
              asked.countDown();
              return new CompletableFuture<>();
            },
            TIMEOUT,
            ends::add);
    CompletableFuture<Long> killed =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                asked.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              process.destroyForcibly();
              return System.nanoTime();
            });

    SandboxLostException e =
        assertThrows(SandboxLostException.class, () -> run(session, "llm_query('x')"));

    Duration noticed = Duration.ofNanos(System.nanoTime() - killed.get());
    assertThat(noticed).isLessThan(Duration.ofSeconds(3));
    assertThat(e.sandboxId()).isEqualTo(victim.id());
    assertThat(e.retryable()).isTrue();
    assertThat(e).hasMessageThat().contains("exit code 137");
    session.close();
    assertThat(ends).containsExactly(false);
    doomed.close();
    victim.close();
  }

  private static final class BrokenContext implements ContextSource {
    @Override
    public String name() {
      return "context";
    }

    @Override
    public Type type() {
      return Type.TEXT;
    }

    @Override
    public Optional<String> sha256() {
      return Optional.empty();
    }

    @Override
    public String place() {
      return "gs://bucket/missing";
    }

    @Override
    public InputStream open() throws IOException {
      throw new IOException("no such object");
    }
  }

  private static final class LyingContext implements ContextSource {
    private final TextContext text = TextContext.of("a");

    @Override
    public String name() {
      return "context";
    }

    @Override
    public Type type() {
      return Type.TEXT;
    }

    @Override
    public Optional<String> sha256() {
      return Optional.of("ab".repeat(32));
    }

    @Override
    public String place() {
      return "inline";
    }

    @Override
    public InputStream open() {
      return text.open();
    }
  }
}
