package dev.rlmbeam.pipelines.turns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.util.Optional;

/**
 * A sub-call as it is shown. Immutable.
 *
 * @param model that was asked
 * @param prompt its head
 * @param response its head
 * @param promptCharacters of the whole prompt
 * @param responseCharacters of the whole response
 * @param seconds it took
 * @param error what went wrong, if anything did
 */
public record CallView(
    String model,
    String prompt,
    String response,
    long promptCharacters,
    long responseCharacters,
    double seconds,
    Optional<String> error) {

  /** Of a run that is under way. */
  public static CallView of(SubCallRecord call) {
    return new CallView(
        call.model(),
        call.prompt(),
        call.response(),
        call.promptCharacters(),
        call.responseCharacters(),
        call.elapsed().toNanos() / 1e9,
        call.error());
  }

  /** Of a line of a trajectory, which may be of an older version. */
  public static CallView of(JsonNode call) {
    String prompt = call.path("prompt").asText();
    String response = call.path("response").asText();
    return new CallView(
        call.path("root_model").asText(),
        prompt,
        response,
        call.path("prompt_characters").asLong(prompt.codePointCount(0, prompt.length())),
        call.path("response_characters").asLong(response.codePointCount(0, response.length())),
        call.path("execution_time").asDouble(),
        Optional.ofNullable(call.path("error").textValue()));
  }
}
