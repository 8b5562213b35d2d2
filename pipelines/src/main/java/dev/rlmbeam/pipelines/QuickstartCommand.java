package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.quickstart.Quickstart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * {@code rlm quickstart}: the batch pipeline over questions and documents of its own, and a look at
 * how the answers came about.
 */
final class QuickstartCommand implements Command {
  private static final Set<String> OWN =
      Set.of(
          "input",
          "query",
          "contextField",
          "contextUriField",
          "idField",
          "outputFormat",
          "trajectories",
          "explain",
          "dryRun");

  private static final String USAGE =
      """
      Makes sixteen documents of about a megabyte each, asks a question of each, and
      shows how the answers came about. Without --model a keyword matcher answers,
      which is not a language model: it shows how the parts work together.
      """;

  private static final String NEXT =
      """

      Next:
        ./rlm quickstart --model=openai/gpt-4o-mini    with a language model
        ./rlm run --input='docs/*.md' --query='Who wrote it?'     your own files
        ./rlm run --help                               all options

      Everything of this run, its questions and documents too, is in
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "quickstart",
        "Sixteen questions over documents of a megabyte each",
        USAGE,
        List.of(),
        BatchOptions.class,
        OWN,
        true);
  }

  /** On the command line they are refused already; a file of options may hold them. */
  private static void requireNoneOfItsOwn(GivenOptions given) {
    for (GivenOptions.Given one : given.all()) {
      if (OWN.contains(one.name())) {
        throw new UsageException(
            one.place() + ": the quickstart has its own " + one.name() + "; use ./rlm run.");
      }
    }
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException {
    GivenOptions given = arguments.options();
    JobOptions<BatchOptions> job = JobOptions.of(BatchOptions.class, given);
    requireNoneOfItsOwn(job.given());
    BatchOptions asked = job.options();
    String output = asked.getOutput() != null ? asked.getOutput() : RunPath.ofNow("quickstart");
    // Before anything is written into it.
    RunFolder folder = RunFolder.at(output);
    if (folder.local().isEmpty()) {
      throw UsageException.ofValue("output", output, "a folder of this machine for the quickstart");
    }
    folder.check(asked.getOverwrite());
    console.err().println("rlm quickstart: sixteen documents of about a megabyte each are made");
    Quickstart quickstart = Quickstart.write(Path.of(output));
    GivenOptions all =
        given
            .with("output", output, Origin.COMMAND)
            .with("input", quickstart.rows().toString(), Origin.COMMAND)
            .with("contextUriField", Quickstart.DOCUMENT_FIELD, Origin.COMMAND);
    BatchOptions options = JobOptions.of(BatchOptions.class, all).options();
    BatchRun.End end = new BatchRun(console, interrupts).run(options);
    console.out().print(quickstart.report(end.summary(), end.job().plan().isOffline()));
    console.out().print(NEXT);
    console.out().println(end.job().folder().path());
    return end.exitCode();
  }
}
