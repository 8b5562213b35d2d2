package dev.rlmbeam.pipelines.scale;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.report.Figures;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A forecast, for a program or for a person. */
record ScaleReport(Forecast forecast, Bill bill) {
  private static final double DAY = 86_400;

  /** One object. */
  String json() {
    ScaleRun run = forecast.run();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("elements", run.elements());
    json.put("wallSeconds", rounded(forecast.wall()));
    json.put("formulaSeconds", rounded(Limit.estimate(run)));
    json.put("elementsPerSecond", rounded(forecast.elementsPerSecond()));
    json.put("calls", (long) forecast.calls());
    json.put("callsPerSecond", rounded(forecast.calls() / forecast.wall()));
    json.put("slots", run.slots());
    json.put("sandboxes", forecast.sandboxes());
    json.put("simulatedElements", forecast.simulated());
    ObjectNode limits = json.putObject("limits");
    Limit.inOrder(run)
        .forEach(
            each -> {
              if (Double.isFinite(each.getValue())) {
                ObjectNode limit = limits.putObject(each.getKey().key());
                limit.put("elementsPerSecond", rounded(each.getValue()));
                limit.put("busy", rounded(busy(each.getKey())));
              }
            });
    json.put("bottleneck", bottleneck().getKey().key());
    ObjectNode cost = json.putObject("costUsd");
    put(cost, "models", bill.models(forecast));
    put(cost, "sandboxes", bill.sandboxes(forecast));
    put(cost, "workers", bill.workers(forecast));
    return json + "\n";
  }

  private static void put(ObjectNode cost, String key, double usd) {
    if (usd > 0) {
      cost.put(key, rounded(usd));
    }
  }

  private static BigDecimal rounded(double value) {
    return new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
  }

  private double busy(Limit limit) {
    return forecast.busy().getOrDefault(limit, 0.0);
  }

  private Map.Entry<Limit, Double> bottleneck() {
    return Limit.inOrder(forecast.run()).get(0);
  }

  /** Lines of at most 80 columns. */
  String table() {
    ScaleRun run = forecast.run();
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%,d elements, %,d workers with %,d at a time each, %,d sandboxes",
        run.elements(),
        run.workers().count(),
        run.sandboxes().inFlight(run.workers()),
        forecast.sandboxes());
    line(text, "");
    line(text, "wall time      %s", span(forecast.wall()));
    line(text, "by formula     %s", span(Limit.estimate(run)));
    line(text, "elements       %,.2f a second", forecast.elementsPerSecond());
    line(
        text,
        "model calls    %,.0f, %,.1f a second",
        forecast.calls(),
        forecast.calls() / forecast.wall());
    line(text, "");
    line(text, "%-26s %16s %8s", "what bounds it", "elements/s", "busy");
    for (Map.Entry<Limit, Double> each : Limit.inOrder(run)) {
      if (Double.isFinite(each.getValue())) {
        line(
            text,
            "%-26s %,16.2f %7.0f %%",
            each.getKey().label(),
            each.getValue(),
            100 * busy(each.getKey()));
      }
    }
    line(text, "");
    bottlenecks(text);
    line(text, "");
    line(text, "%-26s %16s", "cost", "US dollars");
    cost(text, "models", bill.models(forecast), "--modelUsd");
    cost(text, "sandboxes", bill.sandboxes(forecast), "--sandboxPrices");
    cost(text, "workers", bill.workers(forecast), "--workerUsd");
    line(text, "");
    line(text, "%,d elements were played, the rest was reckoned.", forecast.simulated());
    return text.toString();
  }

  private void bottlenecks(StringBuilder text) {
    List<Map.Entry<Limit, Double>> limits = Limit.inOrder(forecast.run());
    Map.Entry<Limit, Double> first = limits.get(0);
    Map.Entry<Limit, Double> second = limits.get(1);
    line(text, "Bottleneck: %s.", first.getKey().label());
    line(text, "  To be faster, %s.", first.getKey().cure());
    if (Double.isFinite(second.getValue())) {
      line(
          text,
          "  That helps up to %.2f times as fast; then it is the %s.",
          second.getValue() / first.getValue(),
          second.getKey().label());
    }
  }

  private static void cost(StringBuilder text, String label, double usd, String option) {
    if (usd > 0) {
      line(text, "%-26s %,16.2f", label, usd);
    } else {
      line(text, "%-26s %16s  (%s)", label, "not known", option);
    }
  }

  private static String span(double seconds) {
    return seconds < DAY
        ? Figures.span(Duration.ofMillis(Math.round(seconds * 1000)))
        : String.format(Locale.ROOT, "%.1f days", seconds / DAY);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }
}
