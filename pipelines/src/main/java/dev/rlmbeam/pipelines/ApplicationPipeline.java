package dev.rlmbeam.pipelines;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The main class of a jar whose {@code main} a cluster runs in a process of its own, as Flink does
 * in application mode. The same as {@link BatchPipeline}, but for the end: the process is not the
 * job's, so it is neither ended nor are its signals taken. How the job went, Flink knows, and
 * {@code summary.json} says.
 */
public final class ApplicationPipeline {
  private ApplicationPipeline() {}

  /** Runs with these options and returns when the run has ended, whatever its end. */
  public static void main(String[] arguments) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(Arrays.asList(arguments));
    Console console = Console.ofProcess();
    ExitCode exitCode = Main.run(all, console, Interrupts.none());
    console.err().println("The run ended with exit code " + exitCode.number() + ".");
  }
}
