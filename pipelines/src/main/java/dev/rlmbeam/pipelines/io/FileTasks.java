package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tasks of one file, from its start to its end by one thread. Whatever is wrong with a
 * row becomes a failure that names file and place; the rows after it are read all the same.
 */
final class FileTasks {

  /** Takes what is read, in order. */
  interface Sink {
    /**
     * Takes a task.
     *
     * @return false to stop reading
     */
    boolean task(RlmTask task) throws IOException;

    /**
     * Takes what became of a row that cannot be used.
     *
     * @return false to stop reading
     */
    boolean failure(RlmFailure failure);

    /** Takes what stands for all rows that follow a place past which the file cannot be read. */
    void unreadable(RlmFailure failure);
  }

  private final InputSettings settings;
  private final TaskMaker maker;
  private final IncludedFields included;

  FileTasks(InputSettings settings) {
    this.settings = settings;
    this.maker = new TaskMaker(settings);
    this.included = new IncludedFields(settings.include());
  }

  /** Reads a file into a sink. */
  void read(InputFile file, Sink sink) throws IOException {
    if (file.form() == InputFile.Form.TEXT) {
      try {
        sink.task(maker.ofFile(file));
      } catch (BadRowException e) {
        String attributes = included.ofFailed(TaskMaker.fields(file));
        sink.failure(failure(file.id(), e, file.name()).withAttributes(attributes));
      }
      return;
    }
    @Nullable FileRows opened = null;
    try (FileRows rows = FileRows.open(file, maker.fields(), settings.maxRowBytes())) {
      opened = rows;
      Optional<FileRows.Row> next = rows.next();
      while (next.isPresent() && take(file, next.get(), rows.place(), sink)) {
        next = rows.next();
      }
    } catch (BadRowException e) {
      sink.unreadable(unread(file, opened, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      sink.unreadable(unread(file, opened, reason + "."));
    }
  }

  private RlmFailure unread(InputFile file, @Nullable FileRows rows, String reason) {
    long place = rows == null ? 0 : rows.place();
    String which =
        rows == null || place == 0 ? "Its rows" : "The rows after " + rows.unit() + " " + place;
    BadRowException why =
        BadRowException.ofInput(which + " were not read, mend the file: " + reason);
    return failure(file.id() + ":unread", why, source(file, Math.max(1, place)))
        .withAttributes(included.none());
  }

  private boolean take(InputFile file, FileRows.Row row, long place, Sink sink) {
    String source = source(file, place);
    String id = file.id() + ":" + place;
    RlmTask task;
    @Nullable ObjectNode object = null;
    try {
      object = row.fields();
      String given = maker.givenId(object);
      id = given.isEmpty() ? id : given;
      task = maker.ofRow(object, row, file, source);
    } catch (BadRowException e) {
      return sink.failure(failure(id, e, source).withAttributes(included.ofFailed(object)));
    }
    try {
      return sink.task(task);
    } catch (IOException e) {
      // Not the input's fault: the disk that long contexts are kept on is full, for one.
      throw new UncheckedIOException("a context could not be kept beside the output", e);
    }
  }

  private RlmFailure failure(String id, BadRowException why, String source) {
    FailureClass errorClass = why.errorClass();
    return RlmFailure.ofInput(
        id, errorClass, String.valueOf(why.getMessage()), source, settings.runId());
  }

  private static String source(InputFile file, long line) {
    return file.name() + ":" + line;
  }
}
