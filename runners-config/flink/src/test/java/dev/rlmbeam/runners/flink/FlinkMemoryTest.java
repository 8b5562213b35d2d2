package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * One task manager with a heap of 512 MiB and more elements than fit into it at once. Part of the
 * proof alone.
 */
@Timeout(3600)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
final class FlinkMemoryTest {
  private static final int SECONDS_BETWEEN_LOOKS = 5;

  @TempDir private Path folder;
  private final ProofModel model = new ProofModel();

  @Test
  void manySmallElements() throws Exception {
    int elements = Integer.getInteger("rlm.prove.small", 20_500);
    Path input = Rows.file(folder, elements);

    run(input, Rows.answers(elements), "of a few words");
  }

  @Test
  void largeContextsByUri() throws Exception {
    int elements = Integer.getInteger("rlm.prove.large", 310);
    Path input = Rows.writeByUri(folder, elements, 20_000_000);

    run(input, Rows.answers(elements), "of 20 MB each by URI", "--contextUriField=uri");
  }

  private void run(Path input, Map<String, String> answers, String what, String... more)
      throws Exception {
    try (FlinkRig rig = new FlinkRig(folder, model)) {
      JsonNode up = rig.up("--taskManagers=1", "--slots=2", "--taskManagerHeapMib=512");
      TaskManagerProbe probe = new TaskManagerProbe(up.path("taskManagerPids").get(0).asLong());
      model.startAtOnce();
      List<String> arguments = rig.run(input, folder.resolve("out"), "--parallelism=2");
      arguments.addAll(List.of(more));

      FlinkRig.Running running = rig.start(arguments);
      double peak = 0;
      while (!running.process().waitFor(SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS)) {
        peak = Math.max(peak, probe.heapMib());
      }
      FlinkRig.Outcome outcome = running.await();

      assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
      assertThat(Rows.byId(Rows.read(folder.resolve("out"), "results-"))).isEqualTo(answers);
      Scale.line(
          "%d elements %s on one task manager with a heap of 512 MiB: all answered in %.0f s; heap"
              + " in use at most %.0f MiB, garbage included (looked at every %d s); %.0f MiB"
              + " metaspace after it",
          answers.size(),
          what,
          outcome.seconds(),
          peak,
          SECONDS_BETWEEN_LOOKS,
          probe.metaspaceMib());
      assertThat(logs(Path.of(up.path("log").asText())))
          .doesNotContain("java.lang.OutOfMemoryError");
    }
  }

  private static String logs(Path root) throws Exception {
    StringBuilder text = new StringBuilder();
    try (var files = Files.list(root)) {
      for (Path file : files.toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }
}
