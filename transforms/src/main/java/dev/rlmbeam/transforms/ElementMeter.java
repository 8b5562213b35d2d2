package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one element has used up to now, for when somebody else has to tell it: the bundle, of an
 * element that hangs. Thread-safe.
 */
final class ElementMeter {
  private final Map<String, ModelUsage> usage = new ConcurrentHashMap<>();
  private final AtomicInteger attempts = new AtomicInteger();

  void begin(int attempt) {
    attempts.set(attempt);
  }

  int attempts() {
    return attempts.get();
  }

  Map<String, ModelUsage> usage() {
    return Map.copyOf(usage);
  }

  /** A session has ended, and is paid for. */
  void paid(ModelUsage session) {
    usage.merge(ModelUsage.SANDBOX, session, ModelUsage::plus);
  }

  /** The usage that is given, with that of sandboxes. */
  Map<String, ModelUsage> withSandboxes(Map<String, ModelUsage> ofModels) {
    Map<String, ModelUsage> all = new HashMap<>(ofModels);
    ModelUsage sandboxes = usage.get(ModelUsage.SANDBOX);
    if (sandboxes != null) {
      all.put(ModelUsage.SANDBOX, sandboxes);
    }
    return all;
  }

  /** The model, with its calls counted here. Closing it closes nothing. */
  LanguageModel around(LanguageModel model) {
    return new Metered(model);
  }

  private final class Metered implements LanguageModel {
    private final LanguageModel model;

    private Metered(LanguageModel model) {
      this.model = model;
    }

    @Override
    public String name() {
      return model.name();
    }

    @Override
    public ModelResponse generate(ModelRequest request) throws InterruptedException {
      try {
        ModelResponse response = model.generate(request);
        usage.merge(name(), response.usage(), ModelUsage::plus);
        return response;
      } catch (ModelException e) {
        if (!e.usage().equals(ModelUsage.NONE)) {
          usage.merge(name(), e.usage(), ModelUsage::plus);
        }
        throw e;
      }
    }

    @Override
    public void close() {}
  }
}
