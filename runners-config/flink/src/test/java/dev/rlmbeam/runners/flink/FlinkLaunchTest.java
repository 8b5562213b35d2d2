package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Ways to start a job other than waiting for it with the launcher. Part of the proof alone. */
@Timeout(600)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FlinkLaunchTest {
  private static final int ELEMENTS = 40;
  private static final Duration LATENCY = Duration.ofMillis(500);

  @TempDir private static Path folder;
  private FlinkRig rig;
  private JsonNode up;

  @BeforeAll
  void start() throws Exception {
    rig = new FlinkRig(folder, call -> Rows.reply(call, LATENCY));
    up = rig.up("--taskManagers=2", "--slots=2");
  }

  @AfterAll
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void aDetachedLauncherEndsAndTheJobGoesOn() throws Exception {
    Path output = folder.resolve("detached");
    long before = rig.server.calls();

    FlinkRig.Outcome outcome =
        rig.start(
                rig.run(Rows.file(folder, ELEMENTS), output, "--attached=false", "--maxInFlight=2"))
            .await();

    boolean over = Files.exists(output.resolve("summary.json"));
    long calls = rig.server.calls() - before;
    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
    assertThat(outcome.said()).contains("it writes summary.json at its end");
    assertThat(over).isFalse();
    assertThat(calls).isLessThan(3L * ELEMENTS);
    FlinkRig.Outcome second =
        rig.start(rig.run(Rows.file(folder, ELEMENTS), output, "--overwrite")).await();
    assertWithMessage(second.said()).that(second.exit()).isEqualTo(2);
    assertThat(second.said()).contains("its workers may still write there");
    check(output);
    Path progress = output.resolve(".progress");
    FlinkRig.await("no files of progress", Duration.ofSeconds(30), () -> isEmpty(progress));
    Scale.line(
        "--attached=false: the launcher ended with 0 after %.1f s and %d of %d model calls; the"
            + " job went on alone, %d of %d answered once each",
        outcome.seconds(), calls, 3 * ELEMENTS, ELEMENTS, ELEMENTS);
  }

  @Test
  void flinksOwnClientSubmitsTheJarAlone() throws Exception {
    Path output = folder.resolve("flink-run");
    List<String> arguments =
        new ArrayList<>(List.of("run", "-m", up.path("rest").asText().replace("http://", "")));
    arguments.addAll(List.of("-p", "4", FlinkRig.jobJar().toString(), "--runner=FlinkRunner"));
    arguments.addAll(rig.options(Rows.file(folder, ELEMENTS), output, "--maxInFlight=16"));

    FlinkRig.Outcome outcome = rig.startFlinkClient(arguments).await();

    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
    check(output);
    Map<String, Integer> byWorker = Rows.byWorker(Rows.read(output, "results-"));
    assertThat(byWorker).hasSize(2);
    for (int count : byWorker.values()) {
      assertThat(count).isAtMost(ELEMENTS / 2 + 4);
    }
    for (String plan : rig.plans(up)) {
      assertThat(plan).contains("Spread/Deal"); // so few may be even by chance
    }
    Scale.line(
        "flink run -p 4 rlm-beam-flink.jar: %d of %d answered once each, by both task managers",
        ELEMENTS, ELEMENTS);
  }

  private static boolean isEmpty(Path folder) {
    String[] names = folder.toFile().list();
    return names == null || Arrays.stream(names).allMatch(name -> name.startsWith("."));
  }

  /** Waits for the summary, which is the end, and looks at what was answered. */
  private static void check(Path output) throws Exception {
    Path summary = output.resolve("summary.json");
    FlinkRig.await("a summary", Duration.ofMinutes(3), () -> Files.exists(summary));
    JsonNode told = new ObjectMapper().readTree(summary.toFile());
    assertThat(told.path("outcome").asText()).isEqualTo("done");
    assertThat(Rows.byId(Rows.read(output, "results-"))).isEqualTo(Rows.answers(ELEMENTS));
  }
}
