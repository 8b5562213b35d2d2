package dev.rlmbeam.transforms.rlm;

import dev.rlmbeam.transforms.model.ModelUsage;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one run of an RLM used. Immutable.
 *
 * @param turns root responses whose code was to be run; the request for a default answer is none
 * @param subCalls calls of the sub-model that were let through
 * @param usage by the model's name, in the order of the names
 * @param elapsed wall clock from the wait for a sandbox to the end
 */
public record RunCost(int turns, int subCalls, Map<String, ModelUsage> usage, Duration elapsed)
    implements Serializable {
  public RunCost {
    usage = Collections.unmodifiableMap(new TreeMap<>(usage));
  }
}
