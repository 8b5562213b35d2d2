package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.CommandLine;
import java.io.IOException;
import java.util.List;

/** {@code rlm run}: the batch pipeline over the user's own files. */
final class RunCommand implements Command {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "ask questions of your own files";
  }

  @Override
  public String help() {
    return """
        Usage: ./rlm run --input=FILES [--query=QUESTION] [options]

          ./rlm run --input=rows.jsonl                 rows with query, context, id
          ./rlm run --input='docs/*.txt' --query='Who signed?'      one task a file
          ./rlm run --input=a.csv --contextField=body --query='Who wrote {{title}}?'

        Exit codes: 0 done, 1 internal, 2 usage, 3 too many failed, 4 a service
        refused, 5 brake reached, 130 interrupted. In 3, 4, 5 and 130 what was
        finished is written.

        Options:
        """
        + OptionHelp.of(BatchOptions.class);
  }

  @Override
  public ExitCode run(List<String> arguments, Console console, Interrupts interrupts)
      throws IOException {
    BatchOptions options = CommandLine.parse(BatchOptions.class, Runners.withDefaults(arguments));
    BatchRun.End end = new BatchRun(console, interrupts).run(options);
    console.out().print(EndLines.of(end.summary()));
    console.out().println(end.job().folder().path());
    return end.exitCode();
  }
}
