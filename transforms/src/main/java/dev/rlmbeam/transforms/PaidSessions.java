package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.sandbox.repl.ReplSession;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.util.Optional;

/** A pool whose sessions one element pays for. Closing it closes nothing. Thread-safe. */
final class PaidSessions implements SessionPool {
  private final SessionPool pool;
  private final ElementMeter meter;
  private final double usdPerSecond;

  PaidSessions(SessionPool pool, ElementMeter meter, double usdPerSecond) {
    this.pool = pool;
    this.meter = meter;
    this.usdPerSecond = usdPerSecond;
  }

  @Override
  public ReplSession open(Request request, ModelQueryHandler handler) throws InterruptedException {
    return pool.open(
        request.withOnPaid(time -> meter.paid(ModelUsage.ofSession(time, usdPerSecond))), handler);
  }

  @Override
  public Isolation isolation() {
    return pool.isolation();
  }

  @Override
  public Optional<String> degradation() {
    return pool.degradation();
  }

  @Override
  public int openSandboxes() {
    return pool.openSandboxes();
  }

  @Override
  public void close() {}
}
