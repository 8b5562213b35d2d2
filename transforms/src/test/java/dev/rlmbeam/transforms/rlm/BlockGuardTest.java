package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BlockGuardTest {
  private static final ExecutionResult RESULT = ScriptedResult.printing("done").build();
  private final ModelException fatal = new ModelException(Kind.REFUSED, 401, "no");

  private final BlockGuard guard = new BlockGuard();

  @Test
  void passesOnTheResult() throws InterruptedException {
    assertThat(guard.run(() -> RESULT)).hasValue(RESULT);
    assertThat(guard.fatal()).isEmpty();
  }

  @Test
  void endsTheBlockThatRuns() throws InterruptedException {
    Optional<ExecutionResult> result =
        guard.run(
            () -> {
              guard.fail(fatal);
              new CountDownLatch(1).await();
              return RESULT;
            });

    assertThat(result).isEmpty();
    assertThat(guard.fatal()).hasValue(fatal);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void leavesNoInterruptBehindWhenTheBlockEndsByItself() throws InterruptedException {
    Optional<ExecutionResult> result =
        guard.run(
            () -> {
              guard.fail(fatal);
              return RESULT;
            });

    assertThat(result).hasValue(RESULT);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interruptsNothingOutsideABlock() throws InterruptedException {
    Optional<ExecutionResult> unused = guard.run(() -> RESULT);

    guard.fail(fatal);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void runsNoFurtherBlock() throws InterruptedException {
    guard.fail(fatal);

    assertThat(
            guard.run(
                () -> {
                  throw new AssertionError("this block must not run");
                }))
        .isEmpty();
  }

  @Test
  void passesOnAnInterruptOfSomebodyElse() {
    assertThrows(
        InterruptedException.class,
        () ->
            guard.run(
                () -> {
                  throw new InterruptedException();
                }));
  }

  @Test
  void keepsTheFirstCause() {
    guard.fail(fatal);
    guard.fail(new ModelException(Kind.RUN_LIMIT, 0, "later"));

    assertThat(guard.fatal()).hasValue(fatal);
  }
}
