package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One prompt on its way to the sub-model: a task for an executor that can be cancelled at any time,
 * which interrupts the call. Thread-safe.
 */
final class SubCall implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SubCall.class);

  private final SubCalls calls;
  private final SubCallBatch batch;
  private final int slot;
  private final String prompt;
  private final Optional<String> requestedModel;
  private final AtomicBoolean inLine = new AtomicBoolean();
  private final FutureTask<Boolean> task = new FutureTask<>(this::ask);

  SubCall(
      SubCalls calls,
      SubCallBatch batch,
      int slot,
      String prompt,
      Optional<String> requestedModel) {
    this.calls = calls;
    this.batch = batch;
    this.slot = slot;
    this.prompt = prompt;
    this.requestedModel = requestedModel;
  }

  /** Gets in line for a thread; leaves the line when it is run, cancelled or refused. */
  void queue() {
    inLine.set(true);
    calls.guard().queued();
  }

  private void leaveLine() {
    if (inLine.compareAndSet(true, false)) {
      calls.guard().unqueued();
    }
  }

  String prompt() {
    return prompt;
  }

  Optional<String> requestedModel() {
    return requestedModel;
  }

  @Override
  public void run() {
    leaveLine();
    task.run();
  }

  /** Ends the call, wherever it is; its query is cancelled with it. */
  void cancel() {
    leaveLine();
    task.cancel(true);
    batch.answer().cancel(false);
    calls.ended(this);
  }

  /** Fills the slot with an error. */
  void fail(String why) {
    leaveLine();
    batch.fail(slot, why);
    calls.ended(this);
  }

  private Boolean ask() throws InterruptedException {
    Duration start = calls.now();
    try {
      Duration timeout = calls.timeLeft();
      if (timeout.isZero() || timeout.isNegative()) {
        throw new ModelException(Kind.TIMEOUT, 0, "no time is left for this task");
      }
      ModelRequest request = new ModelRequest(List.of(ChatMessage.user(prompt)), timeout);
      ModelResponse response = calls.model().generate(request);
      calls.succeeded(this, response, calls.now().minus(start));
      batch.fill(slot, response.text());
      return true;
    } catch (ModelException e) {
      calls.failed(this, e, calls.now().minus(start));
      batch.fail(slot, RunFailure.said(e));
      return false;
    } catch (InterruptedException e) {
      batch.fail(slot, "the call was ended");
      throw e;
    } catch (RuntimeException e) {
      LOG.warn("question={} sub-call failed unexpectedly", calls.question(), e);
      batch.fail(slot, "unexpected " + e.getClass().getSimpleName());
      return false;
    } finally {
      calls.ended(this);
    }
  }
}
