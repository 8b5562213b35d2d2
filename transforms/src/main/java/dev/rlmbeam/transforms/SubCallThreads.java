package dev.rlmbeam.transforms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of sub-calls, which the elements of a worker share in turn: each element has a line
 * of its own, and a thread that comes free takes the first call of the next line. So one element's
 * batch of a thousand delays another's single query by one call, not by a thousand.
 *
 * <p>Thread-safe. Whoever made it closes it.
 */
final class SubCallThreads implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ThreadPoolExecutor threads;

  /** The lines in which somebody waits, in the order of their turns. */
  @GuardedBy("this")
  private final Deque<Lane> lanes = new ArrayDeque<>();

  SubCallThreads(int count) {
    ClassLoader loader = SubCallThreads.class.getClassLoader();
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "rlm-sub-call-" + NUMBER.incrementAndGet());
              thread.setDaemon(true);
              thread.setContextClassLoader(loader);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** A new line, for one element. */
  Executor lane() {
    return new Lane();
  }

  private final class Lane implements Executor {
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void execute(Runnable call) {
      synchronized (SubCallThreads.this) {
        if (waiting.isEmpty()) {
          lanes.addLast(this);
        }
        waiting.addLast(call);
      }
      // One turn a call: whichever call a turn takes, there are as many of both.
      threads.execute(SubCallThreads.this::takeTurn);
    }
  }

  private void takeTurn() {
    next().run();
  }

  private synchronized Runnable next() {
    Lane lane = lanes.removeFirst();
    Runnable call = lane.waiting.removeFirst();
    if (!lane.waiting.isEmpty()) {
      lanes.addLast(lane);
    }
    return call;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
