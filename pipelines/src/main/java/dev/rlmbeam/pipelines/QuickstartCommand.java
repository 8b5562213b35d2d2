package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.CommandLine;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.quickstart.Quickstart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code rlm quickstart}: the batch pipeline over questions and documents of its own, and a look at
 * how the answers came about.
 */
final class QuickstartCommand implements Command {
  private static final List<String> OWN =
      List.of(
          "input",
          "query",
          "contextField",
          "contextUriField",
          "idField",
          "outputFormat",
          "trajectories");

  private static final String NEXT =
      """

      Next:
        ./rlm quickstart --model=openai/gpt-4o-mini    with a language model
        ./rlm run --input='docs/*.md' --query='Who wrote it?'     your own files
        ./rlm help run                                 all options

      Everything of this run, its questions and documents too, is in
      """;

  @Override
  public String name() {
    return "quickstart";
  }

  @Override
  public String summary() {
    return "sixteen questions over documents of a megabyte each";
  }

  @Override
  public String help() {
    return """
        Usage: ./rlm quickstart [--model=openai/NAME] [options of ./rlm run]

        Makes sixteen documents of about a megabyte each, asks a question of each, and
        shows how the answers came about. Without --model a keyword matcher answers,
        which is not a language model: it shows how the parts work together.
        """;
  }

  @Override
  public ExitCode run(List<String> arguments, Console console, Interrupts interrupts)
      throws IOException {
    for (String option : OWN) {
      if (CommandLine.names(arguments, option)) {
        throw new UsageException(
            "The quickstart has its own --" + option + "; for your own files use ./rlm run.");
      }
    }
    BatchOptions asked = CommandLine.parse(BatchOptions.class, Runners.withDefaults(arguments));
    String output = asked.getOutput() != null ? asked.getOutput() : RunPath.ofNow("quickstart");
    // Before anything is written into it.
    RunFolder folder = RunFolder.at(output);
    if (folder.local().isEmpty()) {
      throw UsageException.ofValue("output", output, "a folder of this machine for the quickstart");
    }
    folder.check(asked.getOverwrite());
    console.err().println("rlm quickstart: sixteen documents of about a megabyte each are made");
    Quickstart quickstart = Quickstart.write(Path.of(output));
    List<String> all = new ArrayList<>(arguments);
    all.removeIf(argument -> argument.startsWith("--output="));
    int named = all.indexOf("--output");
    if (named >= 0) {
      all.subList(named, named + 2).clear();
    }
    all.add("--output=" + output);
    all.add("--input=" + quickstart.rows());
    all.add("--contextUriField=" + Quickstart.DOCUMENT_FIELD);
    BatchOptions options = CommandLine.parse(BatchOptions.class, Runners.withDefaults(all));
    BatchRun.End end = new BatchRun(console, interrupts).run(options);
    console.out().print(quickstart.report(end.summary(), end.job().plan().isOffline()));
    console.out().print(NEXT);
    console.out().println(end.job().folder().path());
    return end.exitCode();
  }
}
