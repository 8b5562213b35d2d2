package dev.rlmbeam.transforms.rlm.trajectory;

import java.io.IOException;

/** Turns records into lines, and gives up for good at the first line that cannot be written. */
final class LineSink implements TrajectorySink {

  /** Where one run's lines go. One thread at a time. */
  interface Lines {
    void begin(RunRecord run) throws IOException;

    void write(byte[] line) throws IOException;

    void close() throws IOException;
  }

  private final String id;
  private final TrajectoryJson json;
  private final PromptHistory history;
  private final LostTrajectories lost;
  private final Lines lines;
  private int written; // messages of the prompt that stand in earlier lines
  private boolean broken;
  private boolean closed;

  LineSink(
      String id, TrajectoryJson json, PromptHistory history, LostTrajectories lost, Lines lines) {
    this.id = id;
    this.json = json;
    this.history = history;
    this.lost = lost;
    this.lines = lines;
  }

  @Override
  public boolean keeps() {
    return !broken;
  }

  @Override
  public void start(RunRecord run) {
    attempt(
        () -> {
          lines.begin(run);
          lines.write(json.metadata(run));
        });
  }

  @Override
  public void turn(TurnRecord turn) {
    attempt(
        () -> {
          lines.write(json.iteration(turn, history == PromptHistory.FULL ? 0 : written));
          written = turn.prompt().size();
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      boolean wasBroken = broken;
      broken = false;
      attempt(lines::close);
      broken = wasBroken;
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void attempt(Writing writing) {
    if (broken) {
      return;
    }
    // A channel closes itself under a thread that writes with its interrupt flag up, and a pack's
    // channel holds the lines of others, too. So the flag is down meanwhile.
    boolean interrupted = Thread.interrupted();
    try {
      writing.run();
    } catch (IOException | RuntimeException e) {
      // A remote file system throws what it likes; nothing of it may cost an answer.
      broken = true;
      lost.add(id, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
