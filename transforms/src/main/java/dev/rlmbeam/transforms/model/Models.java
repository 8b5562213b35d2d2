package dev.rlmbeam.transforms.model;

/** What can be put around a model. Each closes the model that it is put around. */
public final class Models {
  private Models() {}

  /**
   * A model that no longer calls out after an answer that is final for the configuration ({@link
   * ModelException#fatal()}): every later call fails at once with the same kind, status and
   * message. At most the calls under way at that moment are paid for nothing.
   */
  public static LanguageModel latched(LanguageModel model) {
    return new LatchingModel(model);
  }

  /**
   * A model that takes each call from the budget, and fails with {@link
   * ModelException.Kind#RUN_LIMIT} before it calls out when none is left. Several models may share
   * one budget.
   */
  public static LanguageModel limited(LanguageModel model, CallBudget budget) {
    return new LimitedModel(model, budget);
  }
}
