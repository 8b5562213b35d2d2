package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SubCallThreadsTest {

  @Test
  void elementsTakeTurnsHoweverManyCallsOneOfThemHas() throws InterruptedException {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch begin = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(7);
    try (SubCallThreads threads = new SubCallThreads(1)) {
      Executor large = threads.lane();
      Executor small = threads.lane();
      large.execute(
          () -> {
            busy.countDown();
            await(begin);
          });
      assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i <= 5; i++) {
        String name = "large " + i;
        large.execute(() -> note(name, order, ended));
      }
      small.execute(() -> note("small 1", order, ended));
      small.execute(() -> note("small 2", order, ended));
      begin.countDown();
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(order)
        .containsExactly(
            "large 1", "small 1", "large 2", "small 2", "large 3", "large 4", "large 5")
        .inOrder();
  }

  private static void note(String name, List<String> order, CountDownLatch ended) {
    order.add(name);
    ended.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let it begin");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
