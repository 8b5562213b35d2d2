package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.Sandbox;
import dev.rlmbeam.sandbox.SandboxLostException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.fixtures.CountingModel;
import dev.rlmbeam.sandbox.fixtures.FlakyProxy;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import dev.rlmbeam.sandbox.fixtures.ProxiedSandbox;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real agent behind a way that breaks. */
@Timeout(60)
final class BrokenTunnelTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static LocalSandboxes sandboxes;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private TunnelHttp http;
  private FlakyProxy proxy;
  private Sandbox sandbox;
  private SandboxConnection connection;

  @BeforeAll
  static void create() throws Exception {
    sandboxes = LocalSandboxes.create(LocalOptions.defaults().withIsolation(LocalIsolation.NONE));
  }

  @AfterAll
  static void closeAll() {
    sandboxes.close();
    assertThat(Leftovers.threads()).isEmpty();
  }

  @BeforeEach
  void openHttp() {
    http = keep(new TunnelHttp(TunnelOptions.defaults()));
  }

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    toClose.add(resource);
    return resource;
  }

  private void connect(SandboxSpec spec) throws Exception {
    sandbox = keep(sandboxes.open(spec));
    proxy = keep(FlakyProxy.to(sandbox.tunnel(), Duration.ZERO));
    connection =
        keep(SandboxConnection.open(ProxiedSandbox.through(proxy, sandbox), spec, http, () -> {}));
  }

  private ReplSession session(ModelQueryHandler handler) throws InterruptedException {
    return connection.openSession(List.of(), handler, TIMEOUT, clean -> {});
  }

  @Test
  void losesNothingAndPaysNothingTwiceWhenConnectionsAreCut() throws Exception {
    connect(SandboxSpec.defaults());
    AtomicBoolean holds = new AtomicBoolean();
    try (CountingModel model =
        new CountingModel(
            Duration.ZERO,
            call -> {
              if (call % 5 == 0) {
                proxy.cut();
                holds.set(true);
              }
            })) {
      ReplSession session = session(model);

      ExecutionResult result =
          session.execute(
              """
              out = [llm_query('p%d' % i) for i in range(40)]
              print(out == ['re: p%d' % i for i in range(40)])
              """,
              TIMEOUT);

      assertThat(result.stdout()).isEqualTo("True\n");
      assertThat(model.calls()).isEqualTo(40);
      assertThat(holds.get()).isTrue();
      session.close();
    }
  }

  @Test
  void manyAnswersAtATimeSurviveCutsInTheirMiddle() throws Exception {
    connect(SandboxSpec.defaults());
    Random random = new Random(7);
    try (CountingModel model =
        new CountingModel(
            Duration.ofMillis(5),
            call -> {
              if (random.nextInt(20) == 0) {
                proxy.cut();
              }
            })) {
      ReplSession session = session(model);

      ExecutionResult result =
          session.execute(
              """
              import threading
              out = {}
              def ask(k):
                  for i in range(5):
                      out[k, i] = llm_query('x' * 20000 + '%d-%d' % (k, i))
              threads = [threading.Thread(target=ask, args=(k,)) for k in range(32)]
              for t in threads: t.start()
              for t in threads: t.join()
              good = [v == 're: ' + 'x' * 20000 + '%d-%d' % k for k, v in out.items()]
              print(len(good), all(good))
              """,
              TIMEOUT);

      assertThat(result.stdout()).isEqualTo("160 True\n");
      assertThat(model.calls()).isEqualTo(160);
      session.close();
    }
  }

  @Test
  void anAnswerWhoseDeliveryWasNotConfirmedIsDeliveredOnce() throws Exception {
    connect(SandboxSpec.defaults());
    try (CountingModel model = new CountingModel()) {
      ReplSession session = session(model);
      proxy.dropNextReplyToAnswers();

      ExecutionResult result =
          session.execute("print([llm_query('p%d' % i) for i in range(3)])", TIMEOUT);

      assertThat(result.stdout()).isEqualTo("['re: p0', 're: p1', 're: p2']\n");
      assertThat(model.calls()).isEqualTo(3);
      assertThat(proxy.hasDroppedAll()).isTrue();
      session.close();
    }
  }

  @Test
  void aBlocksEndIsToldThoughTheStreamBrokeMeanwhile() throws Exception {
    connect(SandboxSpec.defaults());
    AtomicReference<Runnable> cut = new AtomicReference<>(proxy::cut);
    ReplSession session =
        session(
            query -> {
              cut.get().run();
              return CompletableFuture.completedFuture(ModelAnswer.of(List.of("ok")));
            });

    ExecutionResult result = session.execute("print(llm_query('x'))", TIMEOUT);

    assertThat(result.stdout()).isEqualTo("ok\n");
    session.close();
  }

  @Test
  void fallsBackToPlainPollingWhenStreamsAreHeldBack() throws Exception {
    sandbox = keep(sandboxes.open(SandboxSpec.defaults()));
    proxy = keep(FlakyProxy.to(sandbox.tunnel(), Duration.ZERO));
    proxy.holdStreams();
    TunnelOptions options = TunnelOptions.defaults();
    TunnelHttp impatient =
        keep(
            new TunnelHttp(
                new TunnelOptions(
                    options.connectTimeout(),
                    options.callTimeout(),
                    Duration.ofMillis(300),
                    options.pollInterval(),
                    options.resultMargin(),
                    Duration.ofSeconds(15))));
    connection =
        keep(
            SandboxConnection.open(
                ProxiedSandbox.through(proxy, sandbox),
                SandboxSpec.defaults(),
                impatient,
                () -> {}));
    try (CountingModel model = new CountingModel()) {
      ReplSession session = session(model);

      ExecutionResult result =
          session.execute("print([llm_query('p%d' % i) for i in range(5)][4])", TIMEOUT);

      assertThat(result.stdout()).isEqualTo("re: p4\n");
      assertThat(model.calls()).isEqualTo(5);
      assertThat(proxy.plainPolls()).isAtLeast(5);
      session.close();
    }
  }

  @Test
  void aSandboxThatCannotBeReachedForItsLeaseIsLost() throws Exception {
    connect(SandboxSpec.defaults().withLease(Duration.ofSeconds(3)));
    ReplSession session =
        session(
            query -> {
              CompletableFuture<ModelAnswer> never = new CompletableFuture<>();
              try {
                proxy.close();
              } catch (java.io.IOException e) {
                never.completeExceptionally(e);
              }
              return never;
            });

    SandboxLostException e =
        assertThrows(SandboxLostException.class, () -> session.execute("llm_query('x')", TIMEOUT));

    assertThat(e).hasMessageThat().contains("is lost: it ");
    // And the agent, which nobody polls, ends on its side.
    assertThat(Leftovers.within(Duration.ofSeconds(5), () -> !sandbox.isAlive())).isTrue();
  }

  @Test
  void anUploadIsRepeatedWhenItIsCut() throws Exception {
    connect(SandboxSpec.defaults());
    byte[] bytes = new byte[8 * 1024 * 1024];
    java.util.Arrays.fill(bytes, (byte) 'a');
    TextContext context = TextContext.of(bytes).withoutHash();
    CuttingContext cutting = new CuttingContext(context, proxy);

    LoadedContext loaded = connection.upload(cutting, TIMEOUT);

    assertThat(loaded.sha256()).isEqualTo(context.hash());
    assertThat(loaded.codePoints()).isEqualTo(bytes.length);
    assertThat(context.reads()).isAtLeast(2);
  }

  /** Cuts the connection the first time that half of it was read. */
  private record CuttingContext(TextContext context, FlakyProxy proxy) implements ContextSource {
    @Override
    public String name() {
      return context.name();
    }

    @Override
    public Type type() {
      return context.type();
    }

    @Override
    public java.util.Optional<String> sha256() {
      return context.sha256();
    }

    @Override
    public String place() {
      return context.place();
    }

    @Override
    public java.io.InputStream open() {
      boolean first = context.reads() == 0;
      return new java.io.FilterInputStream(context.open()) {
        private int read;

        @Override
        public int read(byte[] buffer, int offset, int length) throws java.io.IOException {
          int n = super.read(buffer, offset, length);
          read += Math.max(0, n);
          if (first && read > 4 * 1024 * 1024) {
            proxy.cut();
          }
          return n;
        }
      };
    }
  }
}
