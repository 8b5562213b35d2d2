package dev.rlmbeam.sandbox.pool;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of a pool: named, and gone when there is nothing to do. */
final class PoolThreads {
  private PoolThreads() {}

  /** At most so many at a time; what is more waits. */
  static ThreadPoolExecutor upTo(int count, String prefix) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count, count, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(prefix));
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  static ThreadFactory named(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
