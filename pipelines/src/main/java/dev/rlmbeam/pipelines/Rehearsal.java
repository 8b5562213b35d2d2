package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.io.TaskSample;
import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.FailureLines;
import dev.rlmbeam.pipelines.report.Outcome;
import dev.rlmbeam.pipelines.turns.TurnText;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A run that is only explained or tried, and answers nothing. */
final class Rehearsal {
  private static final int SHOWN = 10;

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
      Pager.show(Explanation.of(plan, given, console, interrupts), console, interrupts);
    }
    return plan.options().getDryRun() ? tryOut(plan, console, interrupts) : ExitCode.DONE;
  }

  private static ExitCode tryOut(JobPlan plan, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    RlmPlan rlm = plan.rlm().preflight(Runners.isRemote(plan.options())).plan();
    Runners.checkSite(plan.options()).forEach(notice -> line(console, "cluster", notice));
    line(console, "options", "are valid");
    line(console, "input", plan.source().shown());
    TaskSample sample = sample(plan, console, interrupts);
    checkFolder(plan);
    line(console, "output", plan.folder().path() + " can be written");
    try {
      rlm.tryOut(
          (what, outcome, took) ->
              line(console, what, outcome + ", " + TurnText.seconds(took.toNanos() / 1e9)));
    } catch (ModelException e) {
      String said = FailureLines.oneLine(String.valueOf(e.getMessage()));
      console.err().println("The model does not answer: " + said);
      return e.fatal() ? ExitCode.REFUSED : ExitCode.USAGE;
    }
    return judge(plan, sample, console);
  }

  /** Reads the first rows, and says what is wrong with them. */
  private static TaskSample sample(JobPlan plan, Console console, Interrupts interrupts)
      throws IOException {
    TaskSample sample = Sampling.of(plan.source(), 0, interrupts);
    line(console, "rows", Sampling.counted(sample));
    TurnText text = new TurnText(console.outInk(), console.columns(), true);
    List<RlmFailure> bad = sample.failures();
    for (RlmFailure failure : bad.subList(0, Math.min(bad.size(), SHOWN))) {
      console.out().print(text.failure(FailureLines.of(failure)));
    }
    if (bad.size() > SHOWN) {
      console.out().print(text.text("… " + (bad.size() - SHOWN) + " more"));
    }
    console.out().flush();
    return sample;
  }

  /** A run carries on past bad rows; what it would end with, if all others are answered. */
  private static ExitCode judge(JobPlan plan, TaskSample sample, Console console) {
    Outcome outcome = Outcome.of(sample.tally(), plan.maxErrorRate());
    if (outcome == Outcome.DONE) {
      console.out().println("A run with these options can start.");
    } else {
      String why = EndLines.headline(outcome);
      console
          .err()
          .printf(
              "A run with these options can start, but would end with exit code %d%s: %s.%n",
              ExitCode.of(outcome).number(),
              sample.whole() ? "" : " if its other rows are as these",
              why.substring(0, 1).toLowerCase(Locale.ROOT) + why.substring(1));
    }
    return ExitCode.of(outcome);
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
