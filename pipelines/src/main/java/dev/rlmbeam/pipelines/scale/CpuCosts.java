package dev.rlmbeam.pipelines.scale;

/**
 * Seconds of one core that an element costs on its worker's machine. Immutable.
 *
 * @param element once for each: session, context, row, trajectory; half of it before the first call
 *     and half after the last
 * @param turn for each turn: code block, prompt, reply
 * @param subCall for each call of the sub-model
 */
record CpuCosts(double element, double turn, double subCall) {
  static final CpuCosts NONE = new CpuCosts(0, 0, 0);

  /** Of a whole element. */
  double of(Calls calls) {
    return element + calls.turns() * (turn + calls.subCalls() * subCall);
  }
}
