package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** How fast a run on Flink is, and that it is the Direct runner's run. Part of the proof alone. */
@Timeout(3600)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FlinkSpeedTest {
  private static final int TURNS = 3;
  private static final int ELEMENTS = 2000;

  /**
   * How long the model takes for a turn. 64 in flight want 43 elements a second, and a session made
   * and ended for each; processors that cannot do that need a slower model.
   */
  private final Duration latency = Duration.ofMillis(Integer.getInteger("rlm.prove.latency", 500));

  @TempDir private Path folder;
  private final ProofModel model = new ProofModel();

  /** A run that was looked at. */
  private record Measured(
      Map<String, String> answers, Collection<Integer> spread, double seconds, double inFlight) {

    double largestShare() {
      int all = spread.stream().mapToInt(Integer::intValue).sum();
      return spread.stream().mapToInt(Integer::intValue).max().orElse(0) / (double) all;
    }
  }

  @Test
  @Order(1)
  void twoThousandElementsAreAnsweredAsOnTheDirectRunner() throws Exception {
    int elements = Integer.getInteger("rlm.prove.elements", ELEMENTS);
    try (FlinkRig rig = rig("direct", 2)) {
      Measured flink = measure(rig, elements, 32, latency, "--parallelism=4");
      Path output = rig.folder.resolve("direct");
      model.start(latency);
      FlinkRig.Outcome direct =
          rig.startDirect(
                  rig.runAnywhere(Rows.file(rig.folder, elements), output, "--maxInFlight=64"))
              .await();

      assertWithMessage(direct.said()).that(direct.exit()).isEqualTo(0);
      Map<String, String> here = Rows.byId(Rows.read(output, "results-"));
      assertThat(flink.answers()).isEqualTo(here);
      assertThat(here).isEqualTo(Rows.answers(elements));
      assertThat(flink.spread()).hasSize(2);
      assertThat(flink.largestShare()).isAtMost(0.51);
      Scale.line(
          "%d elements: the results of both runners are equal; the Direct runner took %.1f s",
          elements, model.seconds());
    }
  }

  @Test
  @Order(2)
  void twoTaskManagersAreNearlyTwiceAsFastAsOne() throws Exception {
    int elements = Integer.getInteger("rlm.prove.elements", ELEMENTS);
    List<Double> ratios = new ArrayList<>();
    List<Double> inFlight = new ArrayList<>();
    double[] alone = new double[3];
    try (FlinkRig rig = rig("one", 1)) {
      for (int i = 0; i < alone.length; i++) {
        alone[i] = measure(rig, elements, 32, latency, "--parallelism=2").seconds();
      }
    }
    try (FlinkRig rig = rig("two", 2)) {
      for (double one : alone) {
        Measured two = measure(rig, elements, 32, latency, "--parallelism=4");
        ratios.add(one / two.seconds());
        inFlight.add(two.inFlight() / 64);
      }
    }

    Scale.line("two task managers for one: %s times as fast", rounded(ratios));
    Scale.line("in flight of 64 in the steady state, two task managers: %s", rounded(inFlight));
    // Of few elements the last ones, for which there are too many slots, are too large a part.
    double least = elements < ELEMENTS ? 1.5 : 1.9;
    for (double ratio : ratios) {
      assertThat(ratio).isAtLeast(least);
    }
    for (double share : inFlight) {
      assertThat(share).isAtLeast(0.95);
    }
  }

  @Test
  @Order(3)
  void dataStreamAndStreamingAnswerTheSame() throws Exception {
    int elements = 120;
    try (FlinkRig rig = rig("ways", 2)) {
      for (String way : List.of("--useDataStreamForBatch=true", "--streaming=true")) {
        Measured run = measure(rig, elements, 32, latency, "--parallelism=4", way);

        assertThat(run.answers()).isEqualTo(Rows.answers(elements));
        assertThat(run.spread()).hasSize(2);
      }
    }
  }

  /** Runs of other sizes: what the model of docs/scaling.md has to foretell. */
  @Test
  @Order(4)
  void otherSizes() throws Exception {
    try (FlinkRig rig = rig("small", 1)) {
      measure(rig, 120, 8, Duration.ofSeconds(1), "--parallelism=2");
      measure(rig, 200, 16, Duration.ofSeconds(2), "--parallelism=2");
    }
    try (FlinkRig rig = rig("larger", 2)) {
      measure(rig, 240, 12, Duration.ofSeconds(2), "--parallelism=4");
    }
  }

  private FlinkRig rig(String name, int taskManagers) throws Exception {
    FlinkRig rig = new FlinkRig(Files.createDirectories(folder.resolve(name)), model);
    JsonNode unused = rig.up("--taskManagers=" + taskManagers, "--slots=2");
    return rig;
  }

  private Measured measure(
      FlinkRig rig, int elements, int maxInFlight, Duration turn, String... more)
      throws IOException, InterruptedException {
    Path output = Files.createTempDirectory(rig.folder, "out").resolve("run");
    List<String> arguments =
        rig.run(Rows.file(rig.folder, elements), output, "--maxInFlight=" + maxInFlight);
    arguments.addAll(List.of(more));
    model.start(turn);
    Steady steady = new Steady(rig.server, (long) TURNS * elements);

    FlinkRig.Outcome outcome = steady.watch(rig.start(arguments));

    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
    List<JsonNode> results = Rows.read(output, "results-");
    Measured measured =
        new Measured(
            Rows.byId(results),
            Rows.byWorker(results).values(),
            model.seconds(),
            steady.inFlight());
    Scale.line(
        "%d elements, %d turns of %.1f s, %d in flight a task manager, %s: %.1f s (with start and end"
            + " %.1f s), results by worker %s, in flight %.1f, processors busy %.0f %%",
        elements,
        TURNS,
        turn.toMillis() / 1e3,
        maxInFlight,
        String.join(" ", more),
        measured.seconds(),
        outcome.seconds(),
        measured.spread(),
        measured.inFlight(),
        100 * steady.busy());
    return measured;
  }

  private static List<String> rounded(List<Double> values) {
    return values.stream().map(value -> String.format(Locale.ROOT, "%.2f", value)).toList();
  }
}
