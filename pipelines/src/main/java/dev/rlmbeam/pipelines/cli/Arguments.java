package dev.rlmbeam.pipelines.cli;

import dev.rlmbeam.pipelines.options.GivenOptions;
import java.util.List;

/**
 * What stood on a command line behind the command's name. Immutable.
 *
 * @param options those that were given
 * @param words what is no option, in order
 */
public record Arguments(GivenOptions options, List<String> words) {
  public Arguments {
    words = List.copyOf(words);
  }
}
