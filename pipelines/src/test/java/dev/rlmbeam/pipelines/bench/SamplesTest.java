package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void takesTheMiddle() {
    assertThat(new Samples(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5.0);
    assertThat(new Samples(List.of(4.0, 1.0, 2.0, 9.0)).median()).isEqualTo(3.0);
    assertThat(new Samples(List.of(7.0)).median()).isEqualTo(7.0);
  }

  @Test
  void takesTheValueThat95PercentDoNotExceed() {
    List<Double> values = new ArrayList<>();
    for (int i = 100; i >= 1; i--) {
      values.add((double) i);
    }

    assertThat(new Samples(values).p95()).isEqualTo(95.0);
    assertThat(new Samples(List.of(3.0, 8.0)).p95()).isEqualTo(8.0);
  }

  @Test
  void throwsAwayWhatWarmsUp() throws InterruptedException {
    AtomicInteger steps = new AtomicInteger();

    Samples samples =
        Samples.take(
            new Samples.Plan(3, 4, LONG),
            () -> Duration.ofMillis(steps.incrementAndGet()).toNanos());

    assertThat(samples.values()).containsExactly(4.0, 5.0, 6.0, 7.0).inOrder();
  }

  @Test
  void measuresOnceWhenTheBudgetIsUsedUp() throws InterruptedException {
    Samples samples = Samples.take(new Samples.Plan(3, 4, Duration.ZERO), () -> 1_000_000L);

    assertThat(samples.values()).containsExactly(1.0);
  }
}
