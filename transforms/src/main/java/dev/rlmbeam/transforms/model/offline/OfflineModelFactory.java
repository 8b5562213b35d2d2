package dev.rlmbeam.transforms.model.offline;

import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelFactory;

/**
 * The built-in keyword matcher, {@code --model=offline}. <b>It is not a language model.</b> As root
 * model it always writes the same program: look at the context, cut it into pieces, ask about each
 * piece in one batch, ask which candidate answers best. As sub-model it returns, word for word, the
 * sentence of its prompt that shares the rarest words with the question, or {@code not found}. So
 * the whole machine can be seen at work without an account; the answers are those of a search, not
 * of a reader. Deterministic. Immutable.
 */
public final class OfflineModelFactory implements ModelFactory {
  private static final long serialVersionUID = 1L;

  /** How this model is called in options, usage and trajectories. */
  public static final String NAME = "offline";

  /** The sentence that a person must have read before looking at its answers. */
  public static final String NOTICE =
      "The offline model is a keyword matcher, not a language model: it returns the sentence that"
          + " shares the rarest words with the question, or \"not found\".";

  @Override
  public String modelName() {
    return NAME;
  }

  @Override
  public String service() {
    return "offline";
  }

  @Override
  public LanguageModel create() {
    return new OfflineModel();
  }

  @Override
  public String toString() {
    return NAME;
  }
}
