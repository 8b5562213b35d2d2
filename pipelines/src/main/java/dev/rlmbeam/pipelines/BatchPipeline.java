package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.PipelineResult;

/**
 * Asks a question of each row or file of a dataset and writes answers, failures and a summary. The
 * main class of a submitted jar; {@code ./rlm run} is the same with the Direct runner.
 *
 * <pre>{@code
 * java -cp ... dev.rlmbeam.pipelines.BatchPipeline --input=rows.jsonl --output=out
 * }</pre>
 */
public final class BatchPipeline {
  private BatchPipeline() {}

  /** Runs with the options of the command line and ends the process with {@link ExitCode}. */
  public static void main(String[] arguments) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(Arrays.asList(arguments));
    Main.main(all.toArray(new String[0]));
  }

  /**
   * Checks the options, then starts the pipeline. Whether it waits for the end is the runner's
   * business; the summary in the output folder says how it went.
   *
   * @throws UsageException for whatever stops it before anything is paid
   */
  public static PipelineResult run(BatchOptions options) {
    return BatchJob.prepare(options).pipeline().run();
  }
}
