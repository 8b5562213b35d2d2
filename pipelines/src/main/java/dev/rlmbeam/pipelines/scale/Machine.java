package dev.rlmbeam.pipelines.scale;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Cores, each of which does one job to its end, first come, first served. Sharing each core evenly
 * among all would keep jobs together for ever that began together, since they would end together
 * too; on a real machine they come apart. Parts of a core make all of them slower. One thread at a
 * time.
 */
final class Machine {
  private record Job(double seconds, long name) {}

  private final int cores;
  private final double speed;
  private final TimeHeap ends = new TimeHeap();
  private final Deque<Job> waiting = new ArrayDeque<>();
  private int atWork;
  private double busy;

  Machine(double cores) {
    this.cores = (int) Math.ceil(cores);
    this.speed = cores / this.cores;
  }

  void add(double time, double seconds, long name) {
    if (atWork < cores) {
      begin(time, seconds, name);
    } else {
      waiting.add(new Job(seconds, name));
    }
  }

  private void begin(double time, double seconds, long name) {
    atWork++;
    busy += seconds;
    ends.add(time + seconds / speed, name);
  }

  /** When the first of the jobs ends; infinite when there is none. */
  double nextEnd() {
    return ends.isEmpty() ? Double.POSITIVE_INFINITY : ends.firstTime();
  }

  /** Takes away the job that ends now. */
  long end(double time) {
    long name = ends.remove();
    atWork--;
    Job next = waiting.poll();
    if (next != null) {
      begin(time, next.seconds(), next.name());
    }
    return name;
  }

  /** Core-seconds of all jobs that were begun so far. */
  double busy() {
    return busy;
  }
}
