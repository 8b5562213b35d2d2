package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import java.io.IOException;

/** One subcommand of the command line. */
interface Command {

  /** Its name, options and words, as help and completion show them. */
  CommandShape shape();

  /**
   * Runs it.
   *
   * @param arguments what follows its name, of this shape
   * @param interrupts to be told what Ctrl-C does
   * @throws dev.rlmbeam.pipelines.options.UsageException for what the person at the command line
   *     can put right
   */
  ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException;
}
