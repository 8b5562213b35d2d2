package dev.rlmbeam.pipelines.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What was measured, for a program or for a person. */
record BenchReport(
    Surroundings surroundings, Map<Figure, Samples> figures, boolean quick, Duration took) {
  private static final int COLUMNS = 80;
  private static final String LOOPBACK =
      "All of it goes over loopback: with a cloud, each crossing of the network adds a round trip.";

  private static final double SHORT_MILLIS = 20;
  private static final int ENOUGH_SAMPLES = 200;
  private static final String FEW =
      "few: measured less than 200 times, too seldom for a time under 20 ms.";

  /** One object, with the figures as numbers under their keys. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode samples = JsonNodeFactory.instance.objectNode();
    figures.forEach(
        (figure, measured) -> {
          json.put(figure.key(), rounded(measured.median()));
          figure.p95Key().ifPresent(key -> json.put(key, rounded(measured.p95())));
          samples.put(figure.key(), measured.values().size());
        });
    json.set("samples", samples);
    json.put("quick", quick);
    json.put("seconds", took.toSeconds());
    json.put("isolation", surroundings.isolation());
    json.put("cores", surroundings.cores());
    json.put("load", rounded(surroundings.load()));
    json.put("java", surroundings.java());
    json.put("python", surroundings.python());
    json.put("date", surroundings.date().toString());
    surroundings.commit().ifPresent(commit -> json.put("commit", commit));
    return json + "\n";
  }

  private static BigDecimal rounded(double value) {
    return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
  }

  /** A table that fits 80 columns. */
  String table() {
    StringBuilder text = new StringBuilder();
    line(text, row("", "target", "reference", "median", "95 %", "n", ""));
    figures.forEach((figure, measured) -> line(text, row(figure, measured)));
    line(text, "");
    String surrounds =
        String.format(
            Locale.ROOT,
            "%d cores, load %.1f at the start; Java %s; Python %s; %s%s; took %d s%s.",
            surroundings.cores(),
            surroundings.load(),
            surroundings.java(),
            surroundings.python(),
            surroundings.date(),
            surroundings.commit().map(commit -> ", commit " + commit).orElse(""),
            took.toSeconds(),
            quick ? " with --quick" : "");
    paragraph(text, surrounds);
    paragraph(text, "Sandboxes: " + surroundings.isolation() + ".");
    paragraph(text, LOOPBACK);
    if (figures.entrySet().stream().anyMatch(each -> isFew(each.getKey(), each.getValue()))) {
      paragraph(text, FEW);
    }
    return text.toString();
  }

  private static String row(Figure figure, Samples measured) {
    double median = measured.median();
    return row(
        figure.label(),
        target(figure),
        figure.reference().isEmpty() ? "-" : figure.reference(),
        shown(figure, median),
        figure.isShare() ? "-" : shown(figure, measured.p95()),
        String.valueOf(measured.values().size()),
        verdict(figure, measured));
  }

  private static String verdict(Figure figure, Samples measured) {
    if (!figure.meetsTarget(measured.median())) {
      return "MISSED";
    }
    return isFew(figure, measured) ? "few" : "ok";
  }

  /** Whether a short time was measured too seldom: the budget ended it, on a slow machine. */
  private static boolean isFew(Figure figure, Samples measured) {
    return !figure.isShare()
        && measured.median() < SHORT_MILLIS
        && measured.values().size() < ENOUGH_SAMPLES;
  }

  private static String row(
      String label,
      String target,
      String reference,
      String median,
      String p95,
      String count,
      String verdict) {
    return String.format(
        "%-27s %9s %10s %9s %9s %4s %s", label, target, reference, median, p95, count, verdict);
  }

  private static void line(StringBuilder text, String line) {
    text.append(line.stripTrailing()).append('\n');
  }

  private static void paragraph(StringBuilder text, String words) {
    StringBuilder line = new StringBuilder();
    for (String word : words.split(" ", -1)) {
      if (line.length() + word.length() >= COLUMNS) {
        line(text, line.toString());
        line.setLength(0);
      }
      line.append(word).append(' ');
    }
    line(text, line.toString());
  }

  private static String target(Figure figure) {
    if (figure.target().isEmpty()) {
      return "works";
    }
    double target = figure.target().getAsDouble();
    return figure.isShare()
        ? String.format(Locale.ROOT, ">= %.2f", target)
        : String.format(Locale.ROOT, "< %.0f ms", target);
  }

  private static String shown(Figure figure, double value) {
    if (figure.isShare()) {
      return String.format(Locale.ROOT, "%.3f", value);
    }
    return String.format(Locale.ROOT, value < 100 ? "%.2f ms" : "%.0f ms", value);
  }
}
