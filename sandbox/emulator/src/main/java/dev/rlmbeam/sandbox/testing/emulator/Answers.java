package dev.rlmbeam.sandbox.testing.emulator;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives callers their answers, or the reason why there is none. */
final class Answers {
  private static final Logger log = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  /** Gives it at once. */
  static <T> void give(StreamObserver<T> to, Supplier<T> work) {
    giveLater(to, () -> CompletableFuture.completedFuture(work.get()));
  }

  /** Gives it when it is there. */
  static <T> void giveLater(StreamObserver<T> to, Supplier<CompletableFuture<T>> work) {
    stream(
        to,
        () ->
            work.get()
                .thenAccept(
                    answer -> {
                      if (!cancelled(to)) {
                        to.onNext(answer);
                      }
                    }));
  }

  /** Ends the stream that the work fills, when it is done. */
  static <T> void stream(StreamObserver<T> to, Supplier<CompletableFuture<?>> work) {
    if (to instanceof ServerCallStreamObserver<T> call) {
      call.setOnCancelHandler(() -> log.debug("a caller has gone away"));
    }
    CompletableFuture<?> done;
    try {
      done = work.get();
    } catch (RuntimeException e) {
      refuse(to, e);
      return;
    }
    CompletableFuture<?> unused =
        done.whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                refuse(to, failure);
              } else if (!cancelled(to)) {
                to.onCompleted();
              }
            });
  }

  static boolean cancelled(StreamObserver<?> to) {
    return to instanceof ServerCallStreamObserver<?> call && call.isCancelled();
  }

  private static void refuse(StreamObserver<?> to, Throwable failure) {
    Throwable reason =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cancelled(to)) {
      return;
    }
    if (reason instanceof StatusRuntimeException) {
      to.onError(reason);
    } else {
      log.warn("the emulator could not answer", reason);
      to.onError(Status.INTERNAL.withDescription(reason.toString()).asRuntimeException());
    }
  }
}
