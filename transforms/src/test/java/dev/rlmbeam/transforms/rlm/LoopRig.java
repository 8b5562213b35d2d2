package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A turn loop with threads for its sub-calls, closed with the test. */
final class LoopRig implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  final ExecutorService threads = Executors.newCachedThreadPool();
  RlmSettings settings = RlmSettings.defaults();
  Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
  LanguageModel sub = ScriptedModel.answering("sub", request -> "reply");
  TrajectorySink sink = TrajectorySink.none();
  RlmQuestion question = question("Who wrote it?", "A text by Ada.");

  static RlmQuestion question(String query, String text) {
    return new RlmQuestion(
        "task-1", query, List.of(new TextContext("context", text)), ContextShape.ofText(text));
  }

  static RlmQuestion question(String query, ContextSource context, ContextShape shape) {
    return new RlmQuestion("task-1", query, List.of(context), shape);
  }

  RlmOutcome run(LanguageModel root, SessionPool sessions) throws InterruptedException {
    return new RlmLoop(root, sub, threads, sessions, settings, clock)
        .run(question, "bundle-1", sink);
  }

  RlmOutcome.Answered answered(LanguageModel root, SessionPool sessions)
      throws InterruptedException {
    RlmOutcome outcome = run(root, sessions);
    assertThat(outcome).isInstanceOf(RlmOutcome.Answered.class);
    return (RlmOutcome.Answered) outcome;
  }

  RlmOutcome.Failed failed(LanguageModel root, SessionPool sessions) throws InterruptedException {
    RlmOutcome outcome = run(root, sessions);
    assertThat(outcome).isInstanceOf(RlmOutcome.Failed.class);
    return (RlmOutcome.Failed) outcome;
  }

  /** A response with one code block. */
  static String code(String code) {
    return "```repl\n" + code + "\n```";
  }

  @Override
  public void close() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }
}
