package dev.rlmbeam.pipelines.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Usage as it stands in a summary, for a person. */
public final class UsageText {
  private UsageText() {}

  /** What one model, or the sandboxes, used. */
  public static String of(String name, JsonNode used) {
    JsonNode cost = used.path("costUsd");
    String paid = cost.isNumber() ? String.format(Locale.ROOT, ", %.4f USD", cost.asDouble()) : "";
    if (used.has("seconds")) {
      return String.format(
          Locale.ROOT,
          "%s: %,d sessions, %,.1f s of sandboxes%s",
          name,
          used.path("calls").asLong(),
          used.path("seconds").asDouble(),
          paid);
    }
    return String.format(
        Locale.ROOT,
        "%s: %,d calls, %s tokens in, %s out%s",
        name,
        used.path("calls").asLong(),
        Figures.count(used.path("inputTokens").asLong()),
        Figures.count(used.path("outputTokens").asLong()),
        paid);
  }
}
