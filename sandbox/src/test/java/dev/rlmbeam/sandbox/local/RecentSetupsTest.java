package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RecentSetupsTest {
  private static final LocalOptions PLAIN =
      LocalOptions.defaults().withIsolation(LocalIsolation.NONE);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final RecentSetups recent =
      new RecentSetups(
          options -> {
            asked.incrementAndGet();
            return LocalSetup.find(options);
          },
          nanos::get);

  @Test
  void asksTheMachineOnceAMinute() throws InterruptedException {
    LocalSetup first = recent.find(PLAIN);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));

    assertThat(recent.find(PLAIN)).isSameInstanceAs(first);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(recent.find(PLAIN)).isEqualTo(first);
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void whatDidNotWorkIsAskedAgain() {
    LocalOptions missing = PLAIN.withPython("/no/such/python3");
    for (int i = 0; i < 2; i++) {
      assertThrows(SandboxSetupException.class, () -> recent.find(missing));
    }

    assertThat(asked.get()).isEqualTo(2);
  }
}
