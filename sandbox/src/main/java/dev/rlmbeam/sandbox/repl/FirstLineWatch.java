package dev.rlmbeam.sandbox.repl;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Response;
import okio.AsyncTimeout;

/**
 * Cancels a stream whose first line does not come in time. It goes by its own clock, from the
 * moment that there is a connection, as a socket's timeout is set once: to what may pass between
 * two beats, which is longer.
 */
final class FirstLineWatch extends AsyncTimeout {
  private final Call[] call = new Call[1];
  private volatile boolean fired;

  FirstLineWatch(Duration timeout) {
    timeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** To be asked for each request that goes out: starts the watch that it carries. */
  static Response start(Interceptor.Chain chain) throws IOException {
    FirstLineWatch watch = chain.request().tag(FirstLineWatch.class);
    if (watch != null) {
      watch.call[0] = chain.call();
      watch.stop();
      watch.enter();
    }
    return chain.proceed(chain.request());
  }

  /** The line is there, or nobody waits for it any more. */
  void stop() {
    boolean unused = exit();
  }

  boolean fired() {
    return fired;
  }

  @Override
  protected void timedOut() {
    fired = true;
    call[0].cancel();
  }
}
