package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.pipelines.options.Choice;
import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Measures how fast this machine is at what a run does. Immutable; may be run once or more, one at
 * a time.
 */
public final class Bench {
  private final Set<Figure> figures;
  private final Scale scale;
  private final boolean json;
  private final LocalSandboxesFactory sandboxes;

  private Bench(BenchOptions options) {
    scale = new Scale(options.getQuick());
    json = options.getJson();
    figures = figures(options);
    sandboxes =
        new LocalSandboxesFactory(
            Choice.of("localIsolation", options.getLocalIsolation(), LocalIsolation.class),
            Objects.requireNonNullElse(options.getPython(), ""),
            true); // its code is its own
  }

  /**
   * Checks options.
   *
   * @throws UsageException that names the option, its value and what is allowed
   */
  public static Bench of(BenchOptions options) {
    return new Bench(options);
  }

  private static Set<Figure> figures(BenchOptions options) {
    String only = options.getOnly();
    if (only == null) {
      Set<Figure> all = EnumSet.allOf(Figure.class);
      if (options.getQuick()) {
        all.remove(Figure.CONTEXT_1GB);
      }
      return all;
    }
    Set<Figure> some = EnumSet.noneOf(Figure.class);
    for (String key : only.split(",", -1)) {
      some.add(
          Figure.find(key.strip())
              .orElseThrow(
                  () ->
                      UsageException.ofValue(
                          "only", only, "keys of " + String.join(", ", Figure.keys()))));
    }
    return some;
  }

  /** The keys that {@code --only} takes. */
  public static List<String> keys() {
    return Figure.keys();
  }

  /**
   * Measures, and writes the table or the JSON object to {@code out} and how it goes to {@code
   * err}. Leaves nothing behind, interrupted or not.
   *
   * @throws UsageException when no sandbox can be had on this machine
   * @throws IllegalStateException when something that was measured came out wrong
   */
  public void run(PrintStream out, PrintStream err) throws InterruptedException {
    long start = System.nanoTime();
    Map<Figure, Samples> measured = new EnumMap<>(Figure.class);
    try (BenchSite site = BenchSite.open(sandboxes)) {
      Surroundings surroundings = Surroundings.of(site);
      int number = 0;
      for (Figure figure : figures) {
        number++;
        err.printf("%2d/%d %s%n", number, figures.size(), figure.label());
        measured.put(figure, Measurement.of(figure).take(site, scale));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      BenchReport report = new BenchReport(surroundings, measured, scale.quick(), took);
      out.print(json ? report.json() : report.table());
      out.flush();
    } catch (SandboxSetupException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while sandboxes were set up");
      }
      throw new UsageException("No sandbox can be opened: " + e.getMessage(), e);
    }
  }
}
