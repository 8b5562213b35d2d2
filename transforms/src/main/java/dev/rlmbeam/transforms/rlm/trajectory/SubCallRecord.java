package dev.rlmbeam.transforms.rlm.trajectory;

import dev.rlmbeam.transforms.model.ModelUsage;
import java.time.Duration;
import java.util.Optional;

/**
 * One call of the sub-model. Immutable.
 *
 * @param model that was asked
 * @param requestedModel that the code had wished for, if it named one
 * @param prompt its head, with a note of its length if it is longer
 * @param response what the code got, an error string included
 * @param error what went wrong; the code itself cannot tell an error from a reply that begins with
 *     "Error:", a reader can
 */
public record SubCallRecord(
    String model,
    Optional<String> requestedModel,
    String prompt,
    String response,
    ModelUsage usage,
    Duration elapsed,
    Optional<String> error) {
  public SubCallRecord {
    prompt = TrajectoryText.capped(prompt);
    response = TrajectoryText.capped(response);
    requestedModel = requestedModel.map(name -> TrajectoryText.capped(name, 200));
  }

  /** Length of the whole prompt, in code points. */
  public long promptCharacters() {
    return TrajectoryText.characters(prompt);
  }

  /** Length of the whole response, in code points. */
  public long responseCharacters() {
    return TrajectoryText.characters(response);
  }

  /** Characters of text it holds. */
  public int textLength() {
    return prompt.length() + response.length();
  }

  /** The same with no more than {@code chars} of each text. */
  public SubCallRecord shortened(int chars) {
    return new SubCallRecord(
        model,
        requestedModel,
        TrajectoryText.capped(prompt, chars),
        TrajectoryText.capped(response, chars),
        usage,
        elapsed,
        error);
  }
}
