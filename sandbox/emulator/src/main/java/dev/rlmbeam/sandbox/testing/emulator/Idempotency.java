package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Does once what is asked for twice with the same key. Thread-safe. */
final class Idempotency {
  private final long windowNanos;
  private final LongSupplier nanoTime;

  private record Done(long nanos, CompletableFuture<?> answer) {}

  /** In the order of their beginning. */
  @GuardedBy("this")
  private final Map<String, Done> done = new LinkedHashMap<>();

  Idempotency(Duration window, LongSupplier nanoTime) {
    windowNanos = window.toNanos();
    this.nanoTime = nanoTime;
  }

  /** The work's answer, or that of the same work before; what was refused may be tried again. */
  @SuppressWarnings("unchecked") // a key belongs to one RPC, and that has one kind of answer
  <T> CompletableFuture<T> once(
      String rpc, Optional<String> key, Supplier<CompletableFuture<T>> work) {
    if (key.isEmpty()) {
      return work.get();
    }
    String name = rpc + " " + key.get();
    CompletableFuture<T> answer = new CompletableFuture<>();
    synchronized (this) {
      long now = nanoTime.getAsLong();
      done.values().removeIf(old -> now - old.nanos() > windowNanos);
      Done before = done.get(name);
      if (before != null) {
        return (CompletableFuture<T>) before.answer();
      }
      done.put(name, new Done(now, answer));
    }
    try {
      CompletableFuture<?> unused =
          work.get()
              .whenComplete(
                  (value, failure) -> {
                    if (failure == null) {
                      answer.complete(value);
                    } else {
                      forget(name);
                      answer.completeExceptionally(failure);
                    }
                  });
    } catch (RuntimeException e) {
      forget(name);
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private synchronized void forget(String name) {
    done.remove(name);
  }
}
