package dev.rlmbeam.transforms.model;

import dev.rlmbeam.transforms.model.ModelException.Kind;

/** A model that a {@link CallBudget} brakes. */
final class LimitedModel implements LanguageModel {
  private final LanguageModel model;
  private final CallBudget budget;

  LimitedModel(LanguageModel model, CallBudget budget) {
    this.model = model;
    this.budget = budget;
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public ModelResponse generate(ModelRequest request) throws InterruptedException {
    if (!budget.tryTake()) {
      throw new ModelException(
          Kind.RUN_LIMIT,
          0,
          "the run has made the " + budget.maxCalls() + " model calls that it may make");
    }
    return model.generate(request);
  }

  @Override
  public void close() {
    model.close();
  }
}
