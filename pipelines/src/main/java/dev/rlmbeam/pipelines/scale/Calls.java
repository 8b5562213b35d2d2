package dev.rlmbeam.pipelines.scale;

/**
 * What an element asks the models, and how fast they are. Times are seconds. Immutable.
 *
 * @param turns of the root model
 * @param subCalls of the sub-model in each turn, side by side
 * @param latency of a call of the root model
 * @param subLatency of a call of the sub-model
 * @param spread calls take from {@code 1 - spread} to {@code 1 + spread} of their latency
 * @param roundTrip between worker and sandbox
 * @param rootTokens of a call of the root model, prompt and reply
 * @param subTokens of a call of the sub-model, prompt and reply
 */
record Calls(
    int turns,
    int subCalls,
    double latency,
    double subLatency,
    double spread,
    double roundTrip,
    double rootTokens,
    double subTokens) {

  /** Calls of an element. */
  long each() {
    return (long) turns * (1 + subCalls);
  }

  /** Tokens of an element. */
  double tokensEach() {
    return turns * (rootTokens + subCalls * subTokens);
  }

  /** Seconds that an element waits for models and network when it waits for nothing else. */
  double waitEach() {
    return 2 * roundTrip + turns * (latency + roundTrip + (subCalls > 0 ? subWait() : 0));
  }

  /** A batch is over when its slowest call is: the mean of the greatest of so many. */
  private double subWait() {
    double slowest = 1 - spread + 2 * spread * subCalls / (subCalls + 1);
    return subLatency * slowest + roundTrip;
  }

  /** Seconds that the calls of an element take, one after another. */
  double secondsInCalls() {
    return turns * (latency + subCalls * subLatency);
  }
}
