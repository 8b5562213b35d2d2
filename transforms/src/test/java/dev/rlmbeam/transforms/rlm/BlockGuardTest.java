package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockGuardTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final ModelException fatal = new ModelException(Kind.REFUSED, 401, "no");
  private final SteppedClock clock = new SteppedClock();
  private final BlockGuard guard = new BlockGuard(new Deadline(clock, Duration.ofHours(1)));

  @Test
  void endsABlockWhenItsTimeIsUp() {
    guard.begin(LIMIT);
    clock.step(Duration.ofSeconds(9));
    assertThat(guard.over()).isFalse();

    clock.step(Duration.ofSeconds(1));

    assertThat(guard.over()).isTrue();
  }

  @Test
  void givesEachBlockItsOwnTime() {
    guard.begin(LIMIT);
    clock.step(LIMIT);

    guard.begin(LIMIT);

    assertThat(guard.over()).isFalse();
  }

  @Test
  void doesNotCountTheTimeInWhichAQueryWaitsForAThread() {
    guard.begin(LIMIT);
    clock.step(Duration.ofSeconds(4));
    guard.queued();
    guard.queued();
    clock.step(Duration.ofSeconds(200));
    guard.unqueued();
    clock.step(Duration.ofSeconds(200));
    assertThat(guard.over()).isFalse();

    guard.unqueued();
    clock.step(Duration.ofSeconds(5));
    assertThat(guard.over()).isFalse();
    clock.step(Duration.ofSeconds(1));

    assertThat(guard.over()).isTrue();
  }

  @Test
  void endsABlockWhenASubCallHasFailedForGood() {
    guard.begin(LIMIT);

    guard.fail(fatal);

    assertThat(guard.over()).isTrue();
    assertThat(guard.fatal()).hasValue(fatal);
  }

  @Test
  void keepsTheFirstCause() {
    guard.fail(fatal);
    guard.fail(new ModelException(Kind.RUN_LIMIT, 0, "later"));

    assertThat(guard.fatal()).hasValue(fatal);
  }
}
