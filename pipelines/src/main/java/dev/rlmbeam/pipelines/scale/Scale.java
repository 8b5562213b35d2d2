package dev.rlmbeam.pipelines.scale;

/** Foresees a run. Thread-safe. */
public final class Scale {
  private Scale() {}

  /**
   * The forecast for a person, or as one JSON object.
   *
   * @throws dev.rlmbeam.pipelines.options.UsageException that names the option, its value and what
   *     is allowed
   */
  public static String report(ScaleOptions options) {
    ScalePlan plan = ScalePlan.of(options);
    ScaleReport report = new ScaleReport(Forecast.of(plan.run()), plan.bill());
    return options.getJson() ? report.json() : report.table();
  }
}
