package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CreateQueueTest {
  private final AtomicLong nanos = new AtomicLong(5);

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }

  @Test
  void aBurstIsSpreadOverTime() {
    CreateQueue queue = new CreateQueue(5, nanos::get);

    long last = 0;
    for (int i = 0; i < 500; i++) {
      last = queue.reserve();
    }

    // A second's worth at once, the rest at five a second.
    assertThat(millis(last)).isEqualTo((500 - 5) * 200L);
  }

  @Test
  void afterARestThereIsASecondsWorthAndNoMore() {
    CreateQueue queue = new CreateQueue(5, nanos::get);
    for (int i = 0; i < 5; i++) {
      assertThat(queue.reserve()).isAtMost(0);
    }
    assertThat(millis(queue.reserve())).isEqualTo(200);

    nanos.addAndGet(3_600_000_000_000L);
    for (int i = 0; i < 5; i++) {
      assertThat(queue.reserve()).isAtMost(0);
    }
    assertThat(millis(queue.reserve())).isEqualTo(200);
  }

  @Test
  void lessThanOneASecondIsPossible() {
    CreateQueue queue = new CreateQueue(0.5, nanos::get);

    assertThat(queue.reserve()).isAtMost(0);
    assertThat(millis(queue.reserve())).isEqualTo(2_000);
  }
}
