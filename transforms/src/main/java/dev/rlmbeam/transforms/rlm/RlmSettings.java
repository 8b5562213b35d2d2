package dev.rlmbeam.transforms.rlm;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.Serializable;
import java.time.Duration;

/**
 * What one RLM may do and how long it may take. Immutable; it travels with the job graph.
 *
 * @param maxTurns root responses whose code is run; 1 or more, default 30. After the last one the
 *     root model is asked once more, for the answer itself
 * @param elementTimeout wall clock for all of it, from the wait for a sandbox to the answer; more
 *     than 0, default 300 s
 * @param maxSubCalls calls of the sub-model that the code may make in one attempt, those of batches
 *     counted one by one; 0 or more, default 1,000. Past it the code gets error strings
 * @param blockTimeout wall clock of one code block, sub-calls included, but not the time in which
 *     they wait in line for a thread of the worker; more than 0, default 120 s
 * @param modelTimeout of one model call, retries included; more than 0, default 300 s. What is left
 *     of {@code elementTimeout} cuts it shorter
 * @param setupCode Python that runs in each session once the contexts are there, before any model
 *     is asked; empty, the default, for none
 * @param systemPrompt stands in place of the built-in one, taken literally (braces mean nothing);
 *     empty, the default, for the built-in one
 */
public record RlmSettings(
    int maxTurns,
    Duration elementTimeout,
    int maxSubCalls,
    Duration blockTimeout,
    Duration modelTimeout,
    String setupCode,
    String systemPrompt)
    implements Serializable {

  public RlmSettings {
    require(maxTurns >= 1, "maxTurns must be >= 1, but was %s", maxTurns);
    require(maxSubCalls >= 0, "maxSubCalls must be >= 0, but was %s", maxSubCalls);
    requirePositive(elementTimeout, "elementTimeout");
    requirePositive(blockTimeout, "blockTimeout");
    requirePositive(modelTimeout, "modelTimeout");
  }

  /** All defaults. */
  public static RlmSettings defaults() {
    return new RlmSettings(
        30, Duration.ofMinutes(5), 1000, Duration.ofMinutes(2), Duration.ofMinutes(5), "", "");
  }

  /** The same with another number of turns. */
  public RlmSettings withMaxTurns(int turns) {
    return new RlmSettings(
        turns, elementTimeout, maxSubCalls, blockTimeout, modelTimeout, setupCode, systemPrompt);
  }

  /** The same with another time for an element. */
  public RlmSettings withElementTimeout(Duration timeout) {
    return new RlmSettings(
        maxTurns, timeout, maxSubCalls, blockTimeout, modelTimeout, setupCode, systemPrompt);
  }

  /** The same with another number of sub-calls. */
  public RlmSettings withMaxSubCalls(int calls) {
    return new RlmSettings(
        maxTurns, elementTimeout, calls, blockTimeout, modelTimeout, setupCode, systemPrompt);
  }

  /** The same with another time for a code block. */
  public RlmSettings withBlockTimeout(Duration timeout) {
    return new RlmSettings(
        maxTurns, elementTimeout, maxSubCalls, timeout, modelTimeout, setupCode, systemPrompt);
  }

  /** The same with another time for a model call. */
  public RlmSettings withModelTimeout(Duration timeout) {
    return new RlmSettings(
        maxTurns, elementTimeout, maxSubCalls, blockTimeout, timeout, setupCode, systemPrompt);
  }

  /** The same with other setup code; empty for none. */
  public RlmSettings withSetupCode(String code) {
    return new RlmSettings(
        maxTurns, elementTimeout, maxSubCalls, blockTimeout, modelTimeout, code, systemPrompt);
  }

  /** The same with another system prompt; empty for the built-in one. */
  public RlmSettings withSystemPrompt(String prompt) {
    return new RlmSettings(
        maxTurns, elementTimeout, maxSubCalls, blockTimeout, modelTimeout, setupCode, prompt);
  }

  private static void requirePositive(Duration time, String name) {
    require(
        !time.isNegative() && !time.isZero(), "%s must be > 0, but was %s", name, time.toString());
  }

  @FormatMethod
  private static void require(boolean holds, @FormatString String format, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(format, values));
    }
  }
}
