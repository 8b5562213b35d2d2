package dev.rlmbeam.sandbox.pool;

import static com.google.common.truth.Truth.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who pays for a sandbox's time: all of it is paid, once. */
final class SandboxShareTest {
  private final AtomicLong nanos = new AtomicLong(7);

  private void pass(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void oneSessionPaysForItselfAndForTheStart() {
    SandboxShare share = new SandboxShare(Duration.ofSeconds(3), nanos::get);
    pass(1);
    SandboxShare.Ticket ticket = share.enter();
    pass(5);

    assertThat(share.leave(ticket)).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void thoseWhoAreThereTogetherShare() {
    SandboxShare share = new SandboxShare(Duration.ZERO, nanos::get);
    SandboxShare.Ticket first = share.enter();
    pass(4);
    SandboxShare.Ticket second = share.enter();
    pass(6);
    Duration ofFirst = share.leave(first);
    pass(2);
    Duration ofSecond = share.leave(second);

    assertThat(ofFirst).isEqualTo(Duration.ofSeconds(4 + 3));
    assertThat(ofSecond).isEqualTo(Duration.ofSeconds(3 + 2));
  }

  @Test
  void timeWithNobodyIsPaidByTheNextAndOnlyOnce() {
    SandboxShare share = new SandboxShare(Duration.ZERO, nanos::get);
    assertThat(share.leave(share.enter())).isEqualTo(Duration.ZERO);
    pass(10);
    SandboxShare.Ticket second = share.enter();
    SandboxShare.Ticket third = share.enter();

    assertThat(share.leave(second)).isEqualTo(Duration.ofSeconds(10));
    assertThat(share.leave(third)).isEqualTo(Duration.ZERO);
  }
}
