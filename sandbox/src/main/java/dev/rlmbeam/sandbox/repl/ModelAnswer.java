package dev.rlmbeam.sandbox.repl;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a {@link ModelQuery}: one text a prompt, or one error for the whole query.
 * Immutable.
 *
 * @param responses one text a prompt, in the order of the prompts; empty when there is an error
 * @param error the message that the code sees as {@code Error: MESSAGE}
 */
public record ModelAnswer(List<String> responses, Optional<String> error) {
  public ModelAnswer {
    responses = List.copyOf(responses);
  }

  /** The texts, one a prompt. */
  public static ModelAnswer of(List<String> responses) {
    return new ModelAnswer(responses, Optional.empty());
  }

  /** An error for the whole query, without the word "Error:". */
  public static ModelAnswer failed(String message) {
    return new ModelAnswer(List.of(), Optional.of(message));
  }
}
