package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.apache.beam.sdk.io.FileSystems;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tasks of one file, from its start to its end by one thread. Whatever is wrong with a
 * row becomes a failure that names file and line; the rows after it are read all the same.
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
    long line = 0;
    try (InputStream in = open(file)) {
      RecordSplitter splitter =
          file.form() == InputFile.Form.CSV
              ? RecordSplitter.ofCsv(in, settings.maxRowBytes())
              : RecordSplitter.ofLines(in, settings.maxRowBytes());
      @Nullable CsvRows csv = null;
      while (true) {
        Optional<RawRecord> next = splitter.next();
        if (next.isEmpty()) {
          return;
        }
        RawRecord row = next.get();
        line = row.line();
        if (row.isBlank()) {
          continue;
        }
        if (row.hasSwallowedRows()) {
          throw BadRowException.ofInput(
              "A quote that is opened in the row of that line is never closed.");
        }
        if (file.form() == InputFile.Form.CSV && csv == null) {
          csv = CsvRows.under(checked(row));
        } else if (!take(file, row, csv, sink)) {
          return;
        }
      }
    } catch (BadRowException e) {
      sink.unreadable(unread(file, line, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      sink.unreadable(unread(file, line, e.getMessage() + "."));
    }
  }

  private RlmFailure unread(InputFile file, long line, String reason) {
    BadRowException why =
        BadRowException.ofInput(
            "The rows after line " + line + " were not read, mend the file: " + reason);
    return failure(file.id() + ":unread", why, source(file, Math.max(1, line)))
        .withAttributes(included.none());
  }

  private boolean take(InputFile file, RawRecord raw, @Nullable CsvRows csv, Sink sink) {
    String source = source(file, raw.line());
    String id = file.id() + ":" + raw.line();
    RlmTask task;
    @Nullable ObjectNode object = null;
    try {
      RawRecord row = checked(raw);
      object = csv == null ? RowJson.object(row) : csv.object(row);
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

  private RawRecord checked(RawRecord row) throws BadRowException {
    if (!row.isComplete()) {
      throw BadRowException.ofInput(
          "The row has "
              + row.bytes()
              + " bytes, more than --maxLineBytes="
              + settings.maxRowBytes()
              + "; raise that, or name the context by --contextUriField.");
    }
    OptionalLong invalid = row.firstInvalidByte();
    if (invalid.isPresent()) {
      throw BadRowException.ofInput(
          "The row is not UTF-8: byte " + (invalid.getAsLong() + 1) + " of it is no character.");
    }
    return row;
  }

  private RlmFailure failure(String id, BadRowException why, String source) {
    FailureClass errorClass = why.errorClass();
    return RlmFailure.ofInput(
        id, errorClass, String.valueOf(why.getMessage()), source, settings.runId());
  }

  private static String source(InputFile file, long line) {
    return file.name() + ":" + line;
  }

  private static InputStream open(InputFile file) throws IOException {
    InputStream in =
        Channels.newInputStream(
            FileSystems.open(FileSystems.matchSingleFileSpec(file.uri()).resourceId()));
    if (!file.isGzip()) {
      return in;
    }
    try {
      return new GZIPInputStream(new BufferedInputStream(in, 1 << 16), 1 << 16);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
