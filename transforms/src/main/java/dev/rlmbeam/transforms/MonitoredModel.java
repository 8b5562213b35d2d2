package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;

/** Tells the run's monitor what each call used, as it ends. */
final class MonitoredModel implements LanguageModel {
  private final LanguageModel model;
  private final RunMonitor monitor;

  MonitoredModel(LanguageModel model, RunMonitor monitor) {
    this.model = model;
    this.monitor = monitor;
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public ModelResponse generate(ModelRequest request) throws InterruptedException {
    try {
      ModelResponse response = model.generate(request);
      monitor.use(response.usage());
      return response;
    } catch (ModelException e) {
      monitor.use(e.usage());
      throw e;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
