package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.report.RunDescription;
import dev.rlmbeam.pipelines.report.Wrapped;
import java.util.List;

/** What runs, said before it does. */
final class Banner {
  private Banner() {}

  static String of(BatchJob job) {
    RunDescription run = job.description();
    StringBuilder banner = new StringBuilder();
    line(banner, "input", job.source().shown());
    line(banner, "model", run.model());
    if (!job.plan().model().equals(run.subModel())) {
      line(banner, "sub-model", run.subModel());
    }
    line(banner, "sandbox", run.sandbox() + "; isolation " + run.isolation());
    line(banner, "runner", run.runner() + ", " + inFlight(job.plan()));
    line(banner, "output", job.folder().path());
    job.notices().forEach(notice -> line(banner, "notice", notice));
    return banner.toString();
  }

  private static String inFlight(RlmPlan plan) {
    String elements = plan.maxInFlight() + " in flight";
    return plan.isOffline() || plan.maxConnections() >= plan.maxInFlight()
        ? elements
        : elements + ", but at most " + plan.maxConnections() + " model calls (--maxConnections)";
  }

  private static void line(StringBuilder banner, String name, String value) {
    String margin = String.format("  %-10s", name);
    List<String> lines = Wrapped.lines(value, Wrapped.COLUMNS - margin.length());
    for (int i = 0; i < lines.size(); i++) {
      banner.append(i == 0 ? margin : " ".repeat(margin.length())).append(lines.get(i));
      banner.append('\n');
    }
  }
}
