package dev.rlmbeam.sandbox.testing.emulator;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way, each with the moment at which it arrives: what comes after does not wait for
 * what was before, so a long way is not a narrow one. Of one thread.
 */
final class DelayLine {
  private record Chunk(long dueNanos, @Nullable ByteBuffer bytes) {}

  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private long lastDueNanos = Long.MIN_VALUE;
  private long bytes;

  /** Takes them over. */
  void add(ByteBuffer piece, long dueNanos) {
    bytes += piece.remaining();
    put(new Chunk(after(dueNanos), piece));
  }

  /** There will be no more. */
  void end(long dueNanos) {
    put(new Chunk(after(dueNanos), null));
  }

  private void put(Chunk chunk) {
    chunks.add(chunk);
    lastDueNanos = chunk.dueNanos();
  }

  /** The order stays, also when the way becomes shorter. */
  private long after(long dueNanos) {
    return chunks.isEmpty() || dueNanos - lastDueNanos > 0 ? dueNanos : lastDueNanos;
  }

  /** What has arrived and is not taken yet, or null. */
  @Nullable ByteBuffer arrived(long nowNanos) {
    Chunk first = chunks.peek();
    return first == null || first.dueNanos() - nowNanos > 0 ? null : first.bytes();
  }

  /** Whether what has arrived is the end. */
  boolean endArrived(long nowNanos) {
    Chunk first = chunks.peek();
    return first != null && first.bytes() == null && first.dueNanos() - nowNanos <= 0;
  }

  /** Takes away so much of what has arrived; the whole piece if that is all of it. */
  void taken(int count) {
    bytes -= count;
    Chunk first = chunks.peek();
    if (first != null && (first.bytes() == null || !first.bytes().hasRemaining())) {
      chunks.remove();
    }
  }

  /** How much is on its way. */
  long bytes() {
    return bytes;
  }

  /** When the next arrives. */
  OptionalLong nextNanos() {
    Chunk first = chunks.peek();
    return first == null ? OptionalLong.empty() : OptionalLong.of(first.dueNanos());
  }
}
