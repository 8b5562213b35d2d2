package dev.rlmbeam.transforms.model;

import java.io.Serializable;

/**
 * Makes a model on the worker. It travels with the job graph, so it holds references to keys
 * ("env:NAME", "file:PATH"), never keys.
 */
public interface ModelFactory extends Serializable {

  /** The name of the models it makes, known without making one. */
  String modelName();

  /** What kind of service stands behind them, in one word: {@code openai}, {@code offline}. */
  String service();

  /**
   * A new model, which the caller closes.
   *
   * @throws ModelException of kind {@code REFUSED} when the configuration cannot work here (a key
   *     that is not there)
   */
  LanguageModel create();

  /**
   * As {@link #create()}, with the waits for the service's rate limits told.
   *
   * @param throttle is told; by models that call no service, nothing
   */
  default LanguageModel create(Throttle throttle) {
    return create();
  }
}
