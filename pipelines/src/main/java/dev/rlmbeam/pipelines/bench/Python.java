package dev.rlmbeam.pipelines.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.repl.ExecutionResult;
import dev.rlmbeam.sandbox.repl.ModelAnswer;
import dev.rlmbeam.sandbox.repl.ModelQueryHandler;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Code in sessions, and what it tells of its measurements. */
final class Python {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final double MILLIS_A_SECOND = 1000;

  private Python() {}

  /** For sessions whose code asks nothing. */
  static ModelQueryHandler noModel() {
    return query -> CompletableFuture.completedFuture(ModelAnswer.failed("there is no model here"));
  }

  /**
   * Runs a block.
   *
   * @return what it printed
   * @throws IllegalStateException when it failed
   */
  static String run(ReplSession session, String code) throws InterruptedException {
    ExecutionResult result = session.execute(code, TIMEOUT);
    if (result.outcome() != ExecutionResult.Outcome.OK) {
      throw new IllegalStateException("a code block of the bench failed: " + result);
    }
    return result.stdout();
  }

  /** The answer of a program: a JSON list of seconds. */
  static Samples samples(String answer) {
    List<Double> values = new ArrayList<>();
    try {
      for (JsonNode seconds : JSON.readTree(answer)) {
        values.add(seconds.asDouble() * MILLIS_A_SECOND);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the answer is no list of seconds: " + answer, e);
    }
    return new Samples(values);
  }
}
