package dev.rlmbeam.sandbox.testing;

import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ModelQuery;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A code block that a script is to run, with what code in a session can do. Thread-safe. */
public final class ScriptedBlock {
  private final String session;
  private final int number;
  private final String code;
  private final Duration timeout;
  private final boolean setup;
  private final ModelQueryHandler handler;
  private final BooleanSupplier over;
  private final AtomicInteger queries = new AtomicInteger();

  ScriptedBlock(
      String session,
      int number,
      String code,
      Duration timeout,
      boolean setup,
      ModelQueryHandler handler,
      BooleanSupplier over) {
    this.session = session;
    this.number = number;
    this.code = code;
    this.timeout = timeout;
    this.setup = setup;
    this.handler = handler;
    this.over = over;
  }

  /** Which block of its session it is, from 1. */
  public int number() {
    return number;
  }

  /** The code as it was sent. */
  public String code() {
    return code;
  }

  /** The time it was given. */
  public Duration timeout() {
    return timeout;
  }

  /** Whether it is setup code. */
  public boolean setup() {
    return setup;
  }

  /** Whether whoever waits for the block wants it to end; a script that goes on for long asks. */
  public boolean over() {
    return over.getAsBoolean();
  }

  /** As {@code llm_query(prompt)}: the reply, or a text that starts with {@code Error: }. */
  public String query(String prompt) throws InterruptedException {
    ModelAnswer answer = ask(false, List.of(prompt), Optional.empty());
    return answer.error().map(e -> "Error: " + e).orElseGet(() -> answer.responses().get(0));
  }

  /** As {@code llm_query_batched(prompts)}. */
  public List<String> queryBatched(List<String> prompts) throws InterruptedException {
    ModelAnswer answer = ask(true, prompts, Optional.empty());
    Optional<String> error = answer.error().map(e -> "Error: " + e);
    return error.isEmpty() ? answer.responses() : prompts.stream().map(p -> error.get()).toList();
  }

  /** Asks and waits; an interrupt cancels the query. */
  public ModelAnswer ask(boolean batched, List<String> prompts, Optional<String> model)
      throws InterruptedException {
    CompletableFuture<ModelAnswer> answer = start(batched, prompts, model);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      return ModelAnswer.failed(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  /** Asks and does not wait, as a thread of the code would. */
  public CompletableFuture<ModelAnswer> start(
      boolean batched, List<String> prompts, Optional<String> model) {
    String id = session + "-" + number + "-" + queries.incrementAndGet();
    return handler.answer(new ModelQuery(id, session, batched, prompts, model));
  }
}
