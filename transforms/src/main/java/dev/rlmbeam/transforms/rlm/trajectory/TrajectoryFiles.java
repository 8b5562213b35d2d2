package dev.rlmbeam.transforms.rlm.trajectory;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One file a run, as the reference's visualizer opens it. In a folder of this machine a line is in
 * the file as soon as its turn has ended; elsewhere a file can be read when its run has.
 * Thread-safe.
 */
public final class TrajectoryFiles implements TrajectoryStore {
  private final TrajectoryFolder folder;
  private final TrajectoryLabels labels;
  private final PromptHistory history;
  private final LostTrajectories lost = new LostTrajectories();

  /** Files in the given folder. */
  public TrajectoryFiles(TrajectoryFolder folder, TrajectoryLabels labels, PromptHistory history) {
    this.folder = folder;
    this.labels = labels;
    this.history = history;
  }

  @Override
  public TrajectorySink open(String id, int attempt) {
    TrajectoryJson json = new TrajectoryJson(labels, TrajectoryJson.owner(id, attempt));
    return new LineSink(id, json, history, lost, new File(id, attempt));
  }

  @Override
  public long lost() {
    return lost.count();
  }

  /** Nothing to end: each file is closed with its sink. */
  @Override
  public void close() {}

  /** Made when its first line comes, so that its name can hold the time of the start. */
  private final class File implements LineSink.Lines {
    private final String id;
    private final int attempt;
    private @Nullable OutputStream out;

    File(String id, int attempt) {
      this.id = id;
      this.attempt = attempt;
    }

    @Override
    public void begin(RunRecord run) throws IOException {
      out = folder.create(TrajectoryNames.of(id, attempt, run.startedAt()));
    }

    @Override
    public void write(byte[] line) throws IOException {
      if (out == null) {
        throw new IllegalStateException("call start() before turn()");
      }
      out.write(line);
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (out != null) {
        out.close();
      }
    }
  }
}
