package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ModelQuery;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers the {@code llm_query()} calls of one run with plain completions of the sub-model, all
 * prompts of a batch at once. Counts and limits them here, where the code cannot reach.
 * Thread-safe; closing it cancels what is under way.
 *
 * <p>The error strings are the reference's. A model that the code names is not followed, so that
 * the code cannot choose what is paid for; the wish stands in the trajectory.
 */
final class SubCalls implements ModelQueryHandler, AutoCloseable {
  private static final String MISSING = "Missing 'prompt' or 'prompts' in request.";
  private static final int REFUSALS_LOGGED = 10;

  private final String question;
  private final LanguageModel model;
  private final Executor executor;
  private final RlmSettings settings;
  private final Deadline deadline;
  private final UsageLedger usage;
  private final SubCallLog log;
  private final BlockGuard guard;
  private final Set<SubCall> live = ConcurrentHashMap.newKeySet();
  private final AtomicInteger allowed = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param question the task's id, for the log
   */
  SubCalls(
      String question,
      LanguageModel model,
      Executor executor,
      RlmSettings settings,
      Deadline deadline,
      UsageLedger usage,
      SubCallLog log,
      BlockGuard guard) {
    this.question = question;
    this.model = model;
    this.executor = executor;
    this.settings = settings;
    this.deadline = deadline;
    this.usage = usage;
    this.log = log;
    this.guard = guard;
  }

  /** Calls that were let through to the model. */
  int count() {
    return allowed.get();
  }

  @Override
  public CompletableFuture<ModelAnswer> answer(ModelQuery query) {
    int size = query.prompts().size();
    if (size == 0 || (!query.batched() && query.prompts().get(0).isEmpty())) {
      return CompletableFuture.completedFuture(
          query.batched() ? ModelAnswer.of(List.of()) : ModelAnswer.failed(MISSING));
    }
    SubCallBatch batch = new SubCallBatch(query.batched(), size);
    List<SubCall> calls = new ArrayList<>(size);
    for (int slot = 0; slot < size; slot++) {
      calls.add(new SubCall(this, batch, slot, query.prompts().get(slot), query.model()));
    }
    // Whoever no longer waits for the answer no longer pays for it.
    CompletableFuture<ModelAnswer> unused =
        batch.answer().whenComplete((answer, e) -> cancelIfUnanswered(calls, e));
    calls.forEach(this::start);
    return batch.answer();
  }

  private static void cancelIfUnanswered(List<SubCall> calls, @Nullable Throwable e) {
    if (e != null) {
      calls.forEach(SubCall::cancel);
    }
  }

  private void start(SubCall call) {
    if (call.prompt().isEmpty()) {
      refuse(call, "the prompt is empty");
      return;
    }
    if (!claim()) {
      refuse(
          call,
          "the limit of "
              + settings.maxSubCalls()
              + " queries for this task (maxSubCalls) is"
              + " reached; go on without queries");
      return;
    }
    live.add(call);
    call.queue();
    if (closed) {
      call.cancel();
      return;
    }
    try {
      executor.execute(call);
    } catch (RejectedExecutionException e) {
      call.fail("the run is being ended");
    }
  }

  /** Counts a call that is let through, and never one too many. */
  private boolean claim() {
    int limit = settings.maxSubCalls();
    return allowed.getAndUpdate(n -> n < limit ? n + 1 : n) < limit;
  }

  private void refuse(SubCall call, String why) {
    // Code may go on asking for ever, at no cost: the trajectory holds only the first ones.
    if (refused.getAndIncrement() < REFUSALS_LOGGED) {
      record(call, "Error: " + why, ModelUsage.NONE, Duration.ZERO, Optional.of(why));
    }
    call.fail(why);
  }

  BlockGuard guard() {
    return guard;
  }

  LanguageModel model() {
    return model;
  }

  Duration timeLeft() {
    return deadline.atMost(settings.modelTimeout());
  }

  Duration now() {
    return deadline.elapsed();
  }

  String question() {
    return question;
  }

  void ended(SubCall call) {
    live.remove(call);
  }

  void succeeded(SubCall call, ModelResponse response, Duration elapsed) {
    usage.add(model.name(), response.usage());
    record(call, response.text(), response.usage(), elapsed, Optional.empty());
  }

  void failed(SubCall call, ModelException e, Duration elapsed) {
    String why = RunFailure.said(e);
    usage.add(model.name(), e.usage());
    record(call, "Error: " + why, e.usage(), elapsed, Optional.of(e.kind() + ": " + why));
    if (e.fatal() || e.kind() == ModelException.Kind.RUN_LIMIT) {
      // No later call can succeed: error strings would only make the root model try for ever.
      guard.fail(e);
    }
  }

  private void record(
      SubCall call, String response, ModelUsage used, Duration elapsed, Optional<String> error) {
    log.add(
        new SubCallRecord(
            model.name(), call.requestedModel(), call.prompt(), response, used, elapsed, error));
  }

  @Override
  public void close() {
    closed = true;
    live.forEach(SubCall::cancel);
  }
}
