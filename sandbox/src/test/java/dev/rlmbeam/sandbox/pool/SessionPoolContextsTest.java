package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.fixtures.ScriptedAgents;
import dev.rlmbeam.sandbox.fixtures.TextContext;
import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.repl.DiskFullException;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How contexts come into sandboxes, and leave them. */
@Timeout(60)
final class SessionPoolContextsTest extends PoolTestBase {
  @Test
  void oneUploadServesAllWhoWantTheContextAtTheSameTime() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("wanted");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    toClose.add(threads::shutdownNow);
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<String>> sandboxes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sandboxes.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  start.await();
                  return open(pool, context).sandboxId();
                } catch (InterruptedException e) {
                  throw new CompletionException(e);
                }
              },
              threads));
    }
    start.countDown();
    Set<String> used = new HashSet<>();
    for (CompletableFuture<String> sandbox : sandboxes) {
      used.add(sandbox.get(20, TimeUnit.SECONDS));
    }

    assertThat(context.reads()).isEqualTo(used.size());
  }

  @Test
  void aShortageOfMemoryIsNoFaultOfTheContext() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("large");
    open(pool, context).close();
    agents.opened().get(0).refuseSessions("context-memory");

    SandboxException e = assertThrows(SandboxException.class, () -> open(pool, context));

    assertThat(e.retryable()).isTrue();
    assertThat(e).hasMessageThat().contains("the context from inline");
    agents.opened().get(0).refuseSessions("");
    try (ReplSession next = open(pool, context)) {
      assertThat(next.sandboxId()).isEqualTo("sb-1");
    }
  }

  @Test
  void aContextThatWasUploadedAgainStaysForThoseWhoHaveIt() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withContextCacheMib(0));
    TextContext context = TextContext.of("volatile");
    String deletion = "DELETE /contexts/" + context.hash();
    ReplSession first = open(pool, context);
    agents.opened().get(0).loseContexts(1);
    ReplSession second = open(pool, context);
    assertThat(context.reads()).isEqualTo(2);

    first.close();

    assertThat(agents.opened().get(0).calls()).doesNotContain(deletion);
    second.close();
    assertThat(agents.opened().get(0).calls()).contains(deletion);
  }

  @Test
  void aContextThatIsMissingIsUploadedAgain() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults());
    TextContext context = TextContext.of("volatile");
    open(pool, context).close();
    agents.opened().get(0).loseContexts(1);

    open(pool, context).close();

    assertThat(context.reads()).isEqualTo(2);
  }

  @Test
  void contextsNobodyUsesAreDeletedWhenTheyBecomeTooMuch() throws Exception {
    SessionPool pool = pool(PoolOptions.defaults().withContextCacheMib(1));
    TextContext old = TextContext.of("o".repeat(700_000));
    TextContext used = TextContext.of("u".repeat(700_000));
    TextContext recent = TextContext.of("r".repeat(700_000));
    try (ReplSession session = open(pool, used)) {
      open(pool, old).close();
      open(pool, recent).close();

      assertThat(agents.opened().get(0).calls())
          .containsAtLeast("PUT /contexts/" + old.hash(), "DELETE /contexts/" + old.hash());
      assertThat(agents.opened().get(0).calls())
          .containsNoneOf("DELETE /contexts/" + used.hash(), "DELETE /contexts/" + recent.hash());
      open(pool, recent).close();
      assertThat(recent.reads()).isEqualTo(1);
    }
  }

  @Test
  void aFullDiskIsSaidAndGivesTheSlotBack() throws Exception {
    agents = new ScriptedAgents(true, agent -> agent.answerUploads(507));
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));

    DiskFullException e =
        assertThrows(DiskFullException.class, () -> open(pool, TextContext.of("much")));

    assertThat(e).hasMessageThat().contains("no room for the context from inline");
    open(pool).close();
  }

  @Test
  void aContextAtFaultGivesTheSlotBack() throws Exception {
    agents = new ScriptedAgents(true, agent -> agent.answerUploads(422));
    SessionPool pool = pool(PoolOptions.defaults().withBounds(1, 1));

    assertThrows(ContextException.class, () -> open(pool, TextContext.of("much")));

    open(pool).close();
  }
}
