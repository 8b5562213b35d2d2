package dev.rlmbeam.pipelines.cli;

import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What a command looks like from outside. Immutable.
 *
 * @param name as it is called: {@code run}
 * @param summary what it does, in a line
 * @param usage examples, and what else there is to know; lines of at most 80 columns
 * @param words what it takes that is no option, such as {@code FILE...}; in order
 * @param options the interface that declares its options
 * @param without options of the interface that it does not take, since it sets them itself
 * @param takesRunnerOptions whether those of Beam and the runner may be given too
 */
public record CommandShape(
    String name,
    String summary,
    String usage,
    List<Word> words,
    Class<? extends PipelineOptions> options,
    Set<String> without,
    boolean takesRunnerOptions) {

  /**
   * An argument that is no option.
   *
   * @param label in help: {@code FILE...}
   * @param description in a sentence
   * @param least how many of them there must be
   * @param most how many there may be
   * @param choices what it may be; empty for anything
   */
  public record Word(String label, String description, int least, int most, List<String> choices) {
    public Word {
      choices = List.copyOf(choices);
    }
  }

  public CommandShape {
    words = List.copyOf(words);
    without = Set.copyOf(without);
  }
}
