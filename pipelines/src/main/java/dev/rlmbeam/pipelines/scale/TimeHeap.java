package dev.rlmbeam.pipelines.scale;

import java.util.Arrays;

/** A heap of numbers, the one with the least time first; millions of them, hence no objects. */
final class TimeHeap {
  private double[] times = new double[64];
  private long[] values = new long[64];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  double firstTime() {
    return times[0];
  }

  void add(double time, long value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (times[parent] <= time) {
        break;
      }
      times[at] = times[parent];
      values[at] = values[parent];
      at = parent;
    }
    times[at] = time;
    values[at] = value;
  }

  /** Takes the first away. */
  long remove() {
    final long first = values[0];
    double time = times[--size];
    long value = values[size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && times[child + 1] < times[child]) {
        child++;
      }
      if (times[child] >= time) {
        break;
      }
      times[at] = times[child];
      values[at] = values[child];
      at = child;
    }
    times[at] = time;
    values[at] = value;
    return first;
  }
}
