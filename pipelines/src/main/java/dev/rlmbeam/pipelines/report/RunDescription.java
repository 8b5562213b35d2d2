package dev.rlmbeam.pipelines.report;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run is, for its banner and its summary. Immutable; holds no secrets.
 *
 * @param runId of the run
 * @param startedAtMillis since the epoch
 * @param model root model, with what it is where that is not plain
 * @param subModel model that {@code llm_query()} reaches
 * @param sandbox what code runs in
 * @param runner where the pipeline runs
 * @param maxErrorRate share of failed elements that is let pass
 * @param settings all options by name, as they hold
 */
public record RunDescription(
    String runId,
    long startedAtMillis,
    String model,
    String subModel,
    String sandbox,
    String isolation,
    String runner,
    double maxErrorRate,
    Map<String, String> settings)
    implements Serializable {

  public RunDescription {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }
}
