package dev.rlmbeam.transforms.model.offline;

import java.util.Arrays;

/** Stretches of a text, in order. Grows while it is made; one thread at a time. */
final class Spans {
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private boolean[] opening = new boolean[64];
  private int size;

  /**
   * @param opensBlock true for the first stretch of a paragraph
   */
  void add(int start, int end, boolean opensBlock) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
      opening = Arrays.copyOf(opening, 2 * size);
    }
    starts[size] = start;
    ends[size] = end;
    opening[size] = opensBlock;
    size++;
  }

  int size() {
    return size;
  }

  int start(int i) {
    return starts[i];
  }

  int end(int i) {
    return ends[i];
  }

  boolean opensBlock(int i) {
    return opening[i];
  }
}
