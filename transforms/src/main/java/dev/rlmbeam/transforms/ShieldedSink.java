package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.rlm.trajectory.RunRecord;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectorySink;
import dev.rlmbeam.transforms.rlm.trajectory.TurnRecord;

/**
 * Writes an element's trajectory where no cancel of it can interrupt: an interrupt closes the
 * channel under the writer, and a pack's channel holds the lines of others. One thread at a time.
 */
final class ShieldedSink implements TrajectorySink {
  private final TrajectorySink sink;
  private final InFlight element;

  ShieldedSink(TrajectorySink sink, InFlight element) {
    this.sink = sink;
    this.element = element;
  }

  @Override
  public boolean keeps() {
    return sink.keeps();
  }

  @Override
  public void start(RunRecord run) {
    element.shield(() -> sink.start(run));
  }

  @Override
  public void turn(TurnRecord turn) {
    element.shield(() -> sink.turn(turn));
  }

  @Override
  public void close() {
    element.shield(sink::close);
  }
}
