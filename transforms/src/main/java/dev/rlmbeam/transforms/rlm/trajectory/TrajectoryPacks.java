package dev.rlmbeam.transforms.rlm.trajectory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A few rolling, compressed files for all runs of a worker, for runs of many tasks: {@code
 * part-WORKER-N.jsonl.gz}. Each line is one of the reference's with the task's {@code id} and the
 * {@code attempt} in it, so that a task's lines, which may stand in several files, can be put
 * together again. Prompts are written as {@link PromptHistory#NEW_ONLY}.
 *
 * <p>A file is ended, and can be read, after {@link #ROLL_BYTES} or {@link #ROLL_AFTER}, whichever
 * comes first; the time is looked at when a line comes. Thread-safe.
 */
public final class TrajectoryPacks implements TrajectoryStore {
  /** Compressed bytes after which a file is ended. */
  static final long ROLL_BYTES = 64L << 20;

  /** Age at which a file is ended. */
  static final Duration ROLL_AFTER = Duration.ofMinutes(1);

  private final TrajectoryFolder folder;
  private final TrajectoryLabels labels;
  private final String worker;
  private final Clock clock;
  private final long rollBytes;
  private final LostTrajectories lost = new LostTrajectories();

  @GuardedBy("this")
  private @Nullable Part part;

  @GuardedBy("this")
  private int parts;

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param worker names the worker in file names, unique among those that write to the folder,
   *     attempts at a bundle included
   */
  public TrajectoryPacks(
      TrajectoryFolder folder, TrajectoryLabels labels, String worker, Clock clock) {
    this(folder, labels, worker, clock, ROLL_BYTES);
  }

  TrajectoryPacks(
      TrajectoryFolder folder,
      TrajectoryLabels labels,
      String worker,
      Clock clock,
      long rollBytes) {
    this.folder = folder;
    this.labels = labels;
    this.worker = TrajectoryNames.safe(worker);
    this.clock = clock;
    this.rollBytes = rollBytes;
  }

  @Override
  public TrajectorySink open(String id, int attempt) {
    TrajectoryJson json = new TrajectoryJson(labels, TrajectoryJson.owner(id, attempt));
    return new LineSink(id, json, PromptHistory.NEW_ONLY, lost, new Lines());
  }

  @Override
  public long lost() {
    return lost.count();
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      endPart();
    } catch (IOException | RuntimeException e) {
      lost.add("the last of worker " + worker, e);
    }
  }

  private synchronized void append(byte[] line) throws IOException {
    if (closed) {
      throw new IOException("the trajectories of worker " + worker + " are closed already");
    }
    Instant now = clock.instant();
    if (part != null && isFull(part, now)) {
      endPart();
    }
    if (part == null) {
      part = Part.create(folder, "part-" + worker + "-" + parts++ + ".jsonl.gz", now);
    }
    try {
      part.lines.write(line);
    } catch (IOException | RuntimeException e) {
      // The next line begins a new file; what is in this one may still be readable.
      part = null;
      throw e;
    }
  }

  private boolean isFull(Part written, Instant now) {
    return written.counted.count() >= rollBytes
        || Duration.between(written.begun, now).compareTo(ROLL_AFTER) >= 0;
  }

  @GuardedBy("this")
  private void endPart() throws IOException {
    Part ending = part;
    part = null;
    if (ending != null) {
      ending.lines.close();
    }
  }

  private final class Lines implements LineSink.Lines {
    @Override
    public void begin(RunRecord run) {}

    @Override
    public void write(byte[] line) throws IOException {
      append(line);
    }

    @Override
    public void close() {}
  }

  /** A file that is being written. */
  private static final class Part {
    private final Instant begun;
    private final CountingStream counted;
    private final OutputStream lines;

    private Part(Instant begun, CountingStream counted) throws IOException {
      this.begun = begun;
      this.counted = counted;
      this.lines = new GZIPOutputStream(counted, 1 << 16);
    }

    static Part create(TrajectoryFolder folder, String name, Instant now) throws IOException {
      return new Part(now, new CountingStream(folder.create(name)));
    }
  }
}
