package dev.rlmbeam.pipelines;

import java.io.IOException;
import java.util.List;

/** One subcommand of the command line. */
interface Command {

  /** As it is called: {@code run}. */
  String name();

  /** What it does, in a line. */
  String summary();

  /** All about how it is used. */
  String help();

  /**
   * Runs it.
   *
   * @param arguments what follows its name
   * @param interrupts to be told what Ctrl-C does
   * @throws dev.rlmbeam.pipelines.options.UsageException for what the person at the command line
   *     can put right
   */
  ExitCode run(List<String> arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException;
}
