package dev.rlmbeam.pipelines.scale;

/** Slots that wait, first come, first served. */
final class SlotQueue {
  private int[] slots = new int[8];
  private int first;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(int slot) {
    if (size == slots.length) {
      int[] more = new int[2 * size];
      for (int i = 0; i < size; i++) {
        more[i] = slots[(first + i) % size];
      }
      slots = more;
      first = 0;
    }
    slots[(first + size++) % slots.length] = slot;
  }

  int remove() {
    int slot = slots[first];
    first = (first + 1) % slots.length;
    size--;
    return slot;
  }
}
