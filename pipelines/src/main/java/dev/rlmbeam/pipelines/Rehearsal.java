package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.turns.TurnText;
import dev.rlmbeam.transforms.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A run that is only explained or tried, and answers nothing. */
final class Rehearsal {
  private Rehearsal() {}

  static boolean isWanted(JobPlan plan) {
    return plan.options().getExplain() || plan.options().getDryRun();
  }

  /**
   * Explains the run, tries what it needs, or both.
   *
   * @throws UsageException for whatever would stop the run before anything is paid
   */
  static ExitCode of(JobPlan plan, GivenOptions given, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    if (plan.options().getExplain()) {
      Pager.show(Explanation.of(plan, given, console), console, interrupts);
    }
    return plan.options().getDryRun() ? tryOut(plan, console) : ExitCode.DONE;
  }

  private static ExitCode tryOut(JobPlan plan, Console console)
      throws IOException, InterruptedException {
    plan.rlm().preflight();
    line(console, "options", "are valid");
    line(console, "input", plan.source().shown());
    checkFolder(plan);
    line(console, "output", plan.folder().path() + " can be written");
    try {
      plan.rlm()
          .tryOut(
              (what, outcome, took) ->
                  line(console, what, outcome + ", " + TurnText.seconds(took.toNanos() / 1e9)));
    } catch (ModelException e) {
      String said = FailureLines.oneLine(String.valueOf(e.getMessage()));
      console.err().println("The model does not answer: " + said);
      return e.fatal() ? ExitCode.REFUSED : ExitCode.USAGE;
    }
    console.out().println("A run with these options can start.");
    return ExitCode.DONE;
  }

  /** Trying whether it can be written makes the folder; it is not left behind. */
  private static void checkFolder(JobPlan plan) throws IOException {
    Optional<Path> made = plan.folder().local().filter(folder -> !Files.exists(folder));
    plan.folder().check(plan.options().getOverwrite());
    if (made.isPresent()) {
      Files.deleteIfExists(made.get());
    }
  }

  private static void line(Console console, String what, String outcome) {
    console
        .out()
        .print(
            new TurnText(console.outInk(), console.columns(), true)
                .text(String.format("%-9s %s", what, outcome)));
    console.out().flush();
  }
}
