package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.sandbox.repl.ModelAnswer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Collects the answers to one query, a slot a prompt. Thread-safe. */
final class SubCallBatch {
  private final boolean batched;
  private final AtomicReferenceArray<String> slots;
  private final AtomicInteger missing;
  private final CompletableFuture<ModelAnswer> answer = new CompletableFuture<>();

  SubCallBatch(boolean batched, int size) {
    this.batched = batched;
    this.slots = new AtomicReferenceArray<>(size);
    this.missing = new AtomicInteger(size);
  }

  /** Done when the last slot is filled; cancelled by whoever no longer waits. */
  CompletableFuture<ModelAnswer> answer() {
    return answer;
  }

  /** One prompt's reply. */
  void fill(int slot, String text) {
    if (slots.compareAndSet(slot, null, text) && missing.decrementAndGet() == 0) {
      String[] texts = new String[slots.length()];
      Arrays.setAll(texts, slots::get);
      answer.complete(ModelAnswer.of(Arrays.asList(texts)));
    }
  }

  /** One prompt's failure: of the whole query if it is the only prompt, else of its slot. */
  void fail(int slot, String why) {
    if (batched) {
      fill(slot, "Error: llm() call failed - " + why);
    } else {
      answer.complete(ModelAnswer.failed("LM query failed - " + why));
    }
  }
}
