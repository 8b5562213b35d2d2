package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.doctor.Doctor;
import dev.rlmbeam.pipelines.doctor.Finding;
import dev.rlmbeam.pipelines.options.DoctorOptions;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.turns.Ink;
import dev.rlmbeam.pipelines.turns.TurnText;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code rlm doctor}: what this machine has for a run, and what is missing. */
final class DoctorCommand implements Command {
  private static final String USAGE =
      """
      ./rlm doctor                              for a run with the keyword matcher
      ./rlm doctor --model=openai/gpt-4o-mini   its key and endpoint too; asks nothing

      Exit codes: 0 nothing is missing, 2 a run with these options cannot start.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "doctor",
        "Check what this machine has for a run, and how to get what is missing",
        USAGE,
        List.of(),
        DoctorOptions.class,
        Set.of(),
        true);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws InterruptedException {
    DoctorOptions options = JobOptions.of(DoctorOptions.class, arguments.options()).options();
    Map<Finding.State, Integer> counts = new EnumMap<>(Finding.State.class);
    new Doctor(
            RlmPlan.of(options),
            System.getenv(),
            finding -> {
              counts.merge(finding.state(), 1, Integer::sum);
              print(finding, console);
            })
        .examine();
    int problems = counts.getOrDefault(Finding.State.PROBLEM, 0);
    console
        .out()
        .println(
            problems == 0
                ? "A run with these options can start."
                : problems + (problems == 1 ? " problem" : " problems") + "; a run cannot start.");
    return problems == 0 ? ExitCode.DONE : ExitCode.USAGE;
  }

  private static void print(Finding finding, Console console) {
    Ink ink = console.outInk();
    TurnText text = new TurnText(ink, console.columns(), true);
    String mark =
        switch (finding.state()) {
          case OK -> ink.green("ok  ");
          case NOTE -> ink.faint("note");
          case PROBLEM -> ink.red("MISSING");
        };
    console.out().println(mark + " " + ink.bold(finding.what()));
    console.out().print(text.text("   " + finding.detail()));
    if (!finding.cure().isEmpty()) {
      console.out().print(text.text("   -> " + finding.cure()));
    }
    console.out().flush();
  }
}
