package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.FileSystems;

/** All rows of files, read without a pipeline, with the options of a command line. */
final class ReadRows {
  private final List<RlmTask> tasks = new ArrayList<>();
  private final List<RlmFailure> failures = new ArrayList<>();
  private int unreadable;

  private ReadRows() {}

  static InputSettings settings(Path input, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--input=" + input));
    arguments.addAll(List.of(more));
    BatchOptions options = CommandLine.parse(BatchOptions.class, arguments);
    FileSystems.setDefaultPipelineOptions(options);
    return InputSettings.of(options, input.resolveSibling(".contexts").toString(), "test");
  }

  static ReadRows of(Path input, String... more) throws IOException {
    InputSettings settings = settings(input, more);
    ReadRows rows = new ReadRows();
    for (InputFile file : InputFiles.match(settings.patterns(), "/no-such-folder")) {
      new FileTasks(settings)
          .read(
              file,
              new FileTasks.Sink() {
                @Override
                public boolean task(RlmTask task) {
                  return rows.tasks.add(task);
                }

                @Override
                public boolean failure(RlmFailure failure) {
                  return rows.failures.add(failure);
                }

                @Override
                public void unreadable(RlmFailure failure) {
                  rows.failures.add(failure);
                  rows.unreadable++;
                }
              });
    }
    return rows;
  }

  List<RlmTask> tasks() {
    return tasks;
  }

  /** How many of the failures stand for the rest of a file. */
  int unreadable() {
    return unreadable;
  }

  List<RlmFailure> failures() {
    return failures;
  }
}
