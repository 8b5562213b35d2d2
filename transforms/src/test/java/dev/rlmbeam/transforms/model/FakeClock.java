package dev.rlmbeam.transforms.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A clock whose sleeps take no time but move it, and are remembered. */
final class FakeClock implements RetryClock {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  final List<Duration> sleeps = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
  private final double random;

  FakeClock(double random) {
    this.random = random;
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant now() {
    return START.plusNanos(nanos.get() - 1_000_000_000L);
  }

  @Override
  public void sleep(Duration time) {
    sleeps.add(time);
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public double random() {
    return random;
  }
}
