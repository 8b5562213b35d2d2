package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.io.RunRecords;
import dev.rlmbeam.pipelines.io.Trajectory;
import dev.rlmbeam.pipelines.options.EditDistance;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.turns.CallView;
import dev.rlmbeam.pipelines.turns.TurnText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One element of a run: its outcome, and turn by turn how it came about. */
final class ElementPage {
  private static final int MOST_IDS = 100_000;

  private ElementPage() {}

  /**
   * The page.
   *
   * @throws UsageException when the run knows no such id
   */
  static String of(RunRecords run, String id, TurnText text) throws IOException {
    Optional<JsonNode> outcome = run.find(id);
    Optional<Trajectory> trajectory = Trajectory.find(run, id);
    if (outcome.isEmpty() && trajectory.isEmpty()) {
      throw unknown(run, id);
    }
    StringBuilder page = new StringBuilder();
    page.append(text.heading(id, status(outcome, run)));
    outcome
        .map(line -> line.path("source").asText())
        .filter(source -> !source.isEmpty() && !source.equals(id))
        .ifPresent(source -> page.append(text.text(source)));
    trajectory.flatMap(Trajectory::question).ifPresent(asked -> page.append(text.text(asked)));
    trajectory.ifPresent(found -> turns(found, text, page));
    if (trajectory.isEmpty()) {
      page.append(
          text.text(
              "There is no trajectory: the element was never begun, or the run had"
                  + " --trajectories=none."));
    }
    outcome.ifPresent(line -> end(line, text, page));
    return page.toString();
  }

  /**
   * What to say when the run knows no such id.
   *
   * @return with the nearest one, if one is near
   */
  static UsageException unknown(RunRecords run, String id) throws IOException {
    List<String> ids = new ArrayList<>();
    run.outcomes(
        line -> {
          ids.add(line.path("id").asText());
          return ids.size() < MOST_IDS;
        });
    String near =
        EditDistance.nearest(id, ids)
            .map(name -> "; did you mean " + Quoted.of(name) + "?")
            .orElse(".");
    return new UsageException("There is no element " + Quoted.of(id) + " in " + run.path() + near);
  }

  private static String status(Optional<JsonNode> outcome, RunRecords run) throws IOException {
    if (outcome.isEmpty()) {
      return run.state() == RunRecords.State.FINISHED
          ? "its outcome is neither in the results nor in the failures"
          : "not finished";
    }
    JsonNode line = outcome.get();
    return line.has("errorClass")
        ? line.path("errorClass").asText()
        : line.path("stopReason").asText();
  }

  private static void turns(Trajectory trajectory, TurnText text, StringBuilder page) {
    if (trajectory.attempts() > 1) {
      page.append(
          text.text("The last of " + trajectory.attempts() + " attempts; sandboxes were lost."));
    }
    for (JsonNode turn : trajectory.turns()) {
      JsonNode took = turn.path("iteration_time");
      page.append('\n')
          .append(
              text.heading(
                  "Turn " + turn.path("iteration").asInt(),
                  took.isNumber() ? TurnText.seconds(took.asDouble()) : ""));
      page.append(text.says(turn.path("response").asText()));
      for (JsonNode block : turn.path("code_blocks")) {
        JsonNode result = block.path("result");
        List<CallView> calls = new ArrayList<>();
        result.path("rlm_calls").forEach(call -> calls.add(CallView.of(call)));
        page.append(text.code(block.path("code").asText()));
        page.append(text.asks(calls));
        page.append(text.prints(result.path("stdout").asText(), result.path("stderr").asText()));
      }
      if (turn.has("failure")) {
        page.append(text.failure(turn.path("failure").asText()));
      }
    }
  }

  private static void end(JsonNode outcome, TurnText text, StringBuilder page) {
    page.append('\n');
    if (outcome.has("errorClass")) {
      page.append(text.heading("Failed", outcome.path("stage").asText()));
      page.append(text.failure(outcome.path("message").asText()));
      String partial = outcome.path("partialAnswer").asText();
      if (!partial.isEmpty()) {
        page.append(text.heading("Answer so far", "")).append(text.text(partial));
      }
    } else {
      page.append(text.heading("Answer", ""));
      page.append(text.answer(outcome.path("answer").asText()));
    }
    page.append('\n').append(text.text(Totals.of(outcome)));
  }
}
