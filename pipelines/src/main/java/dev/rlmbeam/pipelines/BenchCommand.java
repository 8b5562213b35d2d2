package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.bench.Bench;
import dev.rlmbeam.pipelines.bench.BenchOptions;
import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.options.Settings;
import java.util.List;
import java.util.Set;

/** {@code rlm bench}: how fast this machine is at what a run does. */
final class BenchCommand implements Command {
  @Override
  public CommandShape shape() {
    return new CommandShape(
        "bench",
        "Measure how fast this machine is at what a run does",
        """
        ./rlm bench                                a table, in under six minutes
        ./rlm bench --quick --json                 one JSON object, in one or two minutes
        ./rlm bench --only=noop_p50_ms,element_p50_ms

        Keys:
          """
            + String.join("\n  ", Bench.keys())
            + "\n",
        List.of(),
        BenchOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws InterruptedException {
    Bench bench = Bench.of(Settings.of(BenchOptions.class, arguments.options()));
    Thread measuring = Thread.currentThread();
    interrupts.onFirst(measuring::interrupt);
    bench.run(console.out(), console.err());
    return ExitCode.DONE;
  }
}
