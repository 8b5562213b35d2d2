package dev.rlmbeam.pipelines.scale;

/**
 * Cores that are shared fairly: while more want one than there are, all become slower in the same
 * measure, and nobody ever has more than one. One thread at a time.
 */
final class Machine {
  private final double cores;
  private final TimeHeap jobs = new TimeHeap();
  private int count;
  // What everyone at work has been given since the beginning; a job ends when this reaches its end.
  private double given;
  private double now;
  private double busy;

  Machine(double cores) {
    this.cores = cores;
  }

  void add(double time, double seconds, long job) {
    advance(time);
    jobs.add(given + seconds, job);
    count++;
  }

  /** When the first of the jobs ends, if none is added; infinite when there is none. */
  double nextEnd() {
    return count == 0
        ? Double.POSITIVE_INFINITY
        : now + Math.max(0, jobs.firstTime() - given) / rate();
  }

  /** Takes away the job that ends now. */
  long end(double time) {
    advance(time);
    given = Math.max(given, jobs.firstTime()); // what rounding left
    count--;
    return jobs.remove();
  }

  /** Core-seconds that were used so far. */
  double busy() {
    return busy;
  }

  private double rate() {
    return Math.min(1, cores / count);
  }

  private void advance(double time) {
    if (count > 0) {
      given += (time - now) * rate();
      busy += (time - now) * Math.min(count, cores);
    }
    now = time;
  }
}
