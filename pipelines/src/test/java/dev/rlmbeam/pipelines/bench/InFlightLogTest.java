package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InFlightLogTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final InFlightLog log = new InFlightLog();

  private void call(double second) {
    log.add((long) (second * 1e9), SECOND);
  }

  @Test
  void isOneWhenEachCallIsFollowedAtOnce() {
    for (int i = 0; i < 10; i++) {
      call(i);
      call(i + 0.25);
    }

    assertThat(log.share(2)).isWithin(1e-9).of(1);
  }

  @Test
  void countsTheGapBetweenTwoCallsOfASlot() {
    for (int i = 0; i < 100; i++) {
      call(i * 1.25);
      call(i * 1.25);
    }

    assertThat(log.share(2)).isWithin(0.01).of(0.8);
  }

  @Test
  void leavesOutHowTheSlotsFillAndEmpty() {
    call(-5);
    for (int i = 0; i < 6; i++) {
      call(i);
      call(i);
    }
    call(20);

    // From 0, when both are busy, to 5, when the last but two arrives.
    assertThat(log.share(2)).isWithin(1e-9).of(1);
  }

  @Test
  void beginsWithTheCallThatTookTheLastSlotWhenNeverAllWereBusy() {
    for (int i = 0; i < 10; i++) {
      call(i * 2);
    }

    // From 2, the second call, to 16, the last but one: one call at a time, half of the time.
    assertThat(log.share(2)).isWithin(1e-9).of(0.25);
  }

  @Test
  void refusesWhatHasNoSteadyState() {
    call(0);
    call(0);
    call(1);

    assertThrows(IllegalStateException.class, () -> log.share(2));
  }
}
