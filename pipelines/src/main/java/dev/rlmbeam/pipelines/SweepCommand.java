package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.options.ModalPlan;
import dev.rlmbeam.pipelines.options.SweepOptions;
import dev.rlmbeam.pipelines.options.TimeSpan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code rlm sweep}: ends sandboxes in Modal's cloud that were left behind. */
final class SweepCommand implements Command {
  private static final String USAGE =
      """
      ./rlm sweep                         lists what runs; ends nothing
      ./rlm sweep --run=ID --terminate    ends what is left of one run
      ./rlm sweep --olderThan=2h --terminate

      A run sweeps behind itself. This is for one that was killed; its sandboxes end
      by themselves, too, when their lease is over.
      Only sandboxes that rlm-beam has tagged are listed.

      Exit codes: 0 done, 2 Modal cannot be asked, or not all could be ended.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "sweep",
        "List the sandboxes that run in Modal's cloud, and end them",
        USAGE,
        List.of(),
        SweepOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws InterruptedException {
    SweepOptions options = JobOptions.of(SweepOptions.class, arguments.options()).options();
    Duration age = TimeSpan.parseOrZero("olderThan", options.getOlderThan());
    String run = options.getRun();
    Map<String, String> tags = run == null ? Map.of() : Map.of(SandboxSpec.RUN_TAG, run);
    try (ModalSweep sweep = ModalPlan.sweep(options)) {
      Instant youngest = Instant.now().minus(age);
      List<ModalSweep.Found> found =
          sweep.find(options.getSandboxApp(), tags).stream()
              .filter(one -> one.tags().containsKey(SandboxSpec.RUN_TAG))
              .filter(one -> !one.created().isAfter(youngest))
              .toList();
      int left = 0;
      for (ModalSweep.Found one : found) {
        console
            .out()
            .printf("%s  %s  %s%n", one.id(), one.created(), one.tags().get(SandboxSpec.RUN_TAG));
        if (options.getTerminate() && !sweep.terminate(one)) {
          left++;
        }
      }
      if (left > 0) {
        throw new UsageException(
            String.format(
                "%d of %d sandboxes could not be ended; try again, or wait until their leases are"
                    + " over.",
                left, found.size()));
      }
      console.out().println(summary(found.size(), options));
      return ExitCode.DONE;
    } catch (SandboxException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String summary(int count, SweepOptions options) {
    String sandboxes = count == 1 ? "1 sandbox" : count + " sandboxes";
    if (count == 0) {
      return "No sandbox of rlm-beam's runs in app " + options.getSandboxApp() + ".";
    }
    return options.getTerminate()
        ? "Ended " + sandboxes + "."
        : sandboxes + " in app " + options.getSandboxApp() + "; --terminate ends what is listed.";
  }
}
