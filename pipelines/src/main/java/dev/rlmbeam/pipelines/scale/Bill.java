package dev.rlmbeam.pipelines.scale;

/**
 * What things cost, in US dollars; 0 for what is not known. Immutable.
 *
 * @param inputTokens a million tokens of prompts
 * @param outputTokens a million tokens of replies
 * @param sandboxSecond a second of a sandbox
 * @param workerHour an hour of a worker
 * @param inputEach tokens of an element's prompts
 * @param outputEach tokens of an element's replies
 */
record Bill(
    double inputTokens,
    double outputTokens,
    double sandboxSecond,
    double workerHour,
    double inputEach,
    double outputEach) {
  private static final double MILLION = 1e6;

  double models(Forecast forecast) {
    double each = inputEach * inputTokens + outputEach * outputTokens;
    return forecast.run().runs() * each / MILLION;
  }

  double sandboxes(Forecast forecast) {
    return forecast.sandboxSeconds() * sandboxSecond;
  }

  double workers(Forecast forecast) {
    return forecast.workerHours() * workerHour;
  }

  double all(Forecast forecast) {
    return models(forecast) + sandboxes(forecast) + workers(forecast);
  }
}
