package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.bench.Bench;
import java.util.List;

/** {@code rlm bench}: how fast this machine is at what a run does. */
final class BenchCommand implements Command {
  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String summary() {
    return "measure how fast this machine is at what a run does";
  }

  @Override
  public String help() {
    return """
        Usage: ./rlm bench [options]

          ./rlm bench                                a table, in under six minutes
          ./rlm bench --quick --json                 one JSON object, in one or two minutes
          ./rlm bench --only=noop_p50_ms,element_p50_ms

        Options:
          --quick
              Fewer rounds of what is slow and no context of 1 GB.
          --only=KEY,KEY
              The figures to measure. Default: all.
          --json
              One JSON object on stdout in place of the table.
          --localIsolation=auto
              Local sandboxes: auto (bubblewrap where it works), bubblewrap, none.
          --python=PATH
              The Python, 3.8 or newer, that local sandboxes run. Default: python3.

        Keys:
          """
        + String.join("\n  ", Bench.keys())
        + "\n";
  }

  @Override
  public ExitCode run(List<String> arguments, Console console, Interrupts interrupts)
      throws InterruptedException {
    Bench bench = Bench.of(arguments);
    Thread measuring = Thread.currentThread();
    interrupts.onFirst(measuring::interrupt);
    bench.run(console.out(), console.err());
    return ExitCode.DONE;
  }
}
