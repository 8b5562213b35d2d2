package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.UsageException;
import java.io.Serializable;
import java.util.List;

/**
 * The files of an input, found once: before anything is paid, and before the run itself writes a
 * file that a second look would find. Immutable; it travels with the job graph.
 */
public final class InputListing implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<InputFile> found;

  private InputListing(List<InputFile> found) {
    this.found = found;
  }

  /**
   * Finds the files and checks that they can be asked something.
   *
   * @param output folder that the run will write; what it and earlier runs wrote is no input
   * @throws UsageException when a pattern matches nothing, or a text has no question
   */
  public static InputListing of(InputSettings settings, RunFolder output) {
    List<InputFile> files = InputFiles.match(settings.patterns(), output.path());
    for (InputFile file : files) {
      if (file.form() == InputFile.Form.TEXT && settings.query().isEmpty()) {
        throw new UsageException(
            "A text file has no question of its own: "
                + file.name()
                + ".\nGive one with --query=QUESTION. Files of rows are told by their names: .jsonl,"
                + " .csv, .avro, .parquet.");
      }
    }
    return new InputListing(files);
  }

  /** A file of it, for a person. */
  public String first() {
    return found.get(0).name();
  }

  /** How many files. */
  public int files() {
    return found.size();
  }

  /** The bytes of all files together, as far as their sizes are known. */
  public long bytes() {
    return found.stream().mapToLong(file -> Math.max(0, file.bytes())).sum();
  }

  List<InputFile> found() {
    return found;
  }
}
