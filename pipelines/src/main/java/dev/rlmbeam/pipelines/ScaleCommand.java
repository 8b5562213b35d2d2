package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.options.Settings;
import dev.rlmbeam.pipelines.scale.Scale;
import dev.rlmbeam.pipelines.scale.ScaleOptions;
import java.util.List;
import java.util.Set;

/** {@code rlm scale}: how long a large run takes, what it costs, and what bounds it. */
final class ScaleCommand implements Command {
  private static final String USAGE =
      """
      ./rlm scale --elements=10000000 --workers=100 --sandbox=modal
      ./rlm scale --workers=20 --requestsPerMinute=30000 --json
      ./rlm scale --sandbox=modal --sandboxPrices=prices.yaml --modelUsd=0.15,0.6

      Nothing is run and nothing is asked: a simulation, whose costs of an element
      were measured. docs/scaling.md says how, and how well it foretells real runs.

      Exit codes: 0 done, 2 a value is not allowed.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "scale",
        "Foresee how long a large run takes, what it costs, what bounds it",
        USAGE,
        List.of(),
        ScaleOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts) {
    ScaleOptions options = Settings.of(ScaleOptions.class, arguments.options());
    console.out().print(Scale.report(options));
    console.out().flush();
    return ExitCode.DONE;
  }
}
