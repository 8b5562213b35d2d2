package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.model.ModelUsage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the calls of one run used, by model. Thread-safe. */
final class UsageLedger {
  private final Map<String, ModelUsage> byModel = new ConcurrentHashMap<>();

  void add(String model, ModelUsage usage) {
    if (usage.equals(ModelUsage.NONE)) {
      return;
    }
    byModel.merge(model, usage, ModelUsage::plus);
  }

  Map<String, ModelUsage> snapshot() {
    return Map.copyOf(byModel);
  }
}
