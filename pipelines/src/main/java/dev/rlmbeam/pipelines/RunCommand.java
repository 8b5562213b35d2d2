package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.options.BatchOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** {@code rlm run}: the batch pipeline over the user's own files. */
final class RunCommand implements Command {
  private static final String USAGE =
      """
      ./rlm run --input=rows.jsonl                 rows with query, context, id
      ./rlm run --input='docs/*.txt' --query='Who signed?'       one task a file
      ./rlm run --input=a.csv --contextField=body --query='Who wrote {{title}}?'

      Exit codes: 0 done, 1 internal, 2 usage, 3 too many failed, 4 a service
      refused, 5 brake reached, 130 interrupted. In 3, 4, 5 and 130 what was
      finished is written.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "run",
        "Ask a question of each of your files or rows",
        USAGE,
        List.of(),
        BatchOptions.class,
        Set.of(),
        true);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    JobOptions<BatchOptions> options = JobOptions.of(BatchOptions.class, arguments.options());
    if (options.options().getExplain() || options.options().getDryRun()) {
      return Rehearsal.of(JobPlan.of(options.options()), options.given(), console, interrupts);
    }
    if (!options.options().getAttached() && Runners.isRemote(options.options())) {
      BatchJob job = new BatchRun(console, interrupts).submit(options.options());
      console.out().println("Submitted as " + job.name() + "; it writes summary.json at its end:");
      console.out().println(job.folder().path());
      return ExitCode.DONE;
    }
    BatchRun.End end = new BatchRun(console, interrupts).run(options.options());
    console.out().print(EndLines.of(end.summary()));
    console.out().println(end.job().folder().path());
    return end.exitCode();
  }
}
