package dev.rlmbeam.pipelines.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.util.Map;

/** Usage by model, as it stands in results, failures and summary. */
public final class UsageJson {
  private UsageJson() {}

  /** {@code costUsd} is there only where a service reported one, or a price was given. */
  public static ObjectNode of(Map<String, ModelUsage> usage) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    usage.forEach(
        (model, used) -> {
          ObjectNode one = json.putObject(model);
          Double seconds = used.sandboxSeconds();
          one.put("calls", used.calls());
          if (seconds == null) {
            one.put("inputTokens", used.inputTokens());
            one.put("outputTokens", used.outputTokens());
          } else { // sandboxes, whose calls are sessions
            one.put("seconds", Math.round(seconds * 1000) / 1000.0);
          }
          used.costUsd().ifPresent(cost -> one.put("costUsd", cost));
        });
    return json;
  }
}
