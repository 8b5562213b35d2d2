package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs, one after the other, in the same task managers. Part of the proof alone. */
@Timeout(3600)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
final class FlinkJobsTest {
  private static final int JOBS = Integer.getInteger("rlm.prove.jobs", 20);
  private static final int ELEMENTS = 24;
  // A worker's parts are kept for half a minute after a job, in case that the next bundle comes;
  // the
  // HTTP client's own thread goes a minute after its last use, and holds its class loader so long.
  private static final Duration GRACE = Duration.ofSeconds(150);

  @TempDir private Path folder;
  private final ProofModel model = new ProofModel();

  @Test
  void twentyJobsLeaveNothingBehind() throws Exception {
    try (FlinkRig rig = new FlinkRig(folder, model)) {
      JsonNode up = rig.up("--taskManagers=2", "--slots=2");
      List<TaskManagerProbe> probes = new ArrayList<>();
      for (JsonNode pid : up.path("taskManagerPids")) {
        probes.add(new TaskManagerProbe(pid.asLong()));
      }
      List<Double> early = List.of();
      for (int job = 1; job <= JOBS; job++) {
        model.start(Duration.ofMillis(100));
        Path output = folder.resolve("job-" + job);
        FlinkRig.Outcome outcome =
            rig.start(rig.run(Rows.file(folder, ELEMENTS), output, "--parallelism=4")).await();
        assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
        assertThat(Rows.byId(Rows.read(output, "results-"))).isEqualTo(Rows.answers(ELEMENTS));
        if (job == 5) {
          early = settled(probes, job);
        }
      }

      List<Double> late = settled(probes, JOBS);

      for (int i = 0; i < probes.size(); i++) {
        assertThat(late.get(i)).isAtMost(early.get(i) * 1.1);
      }
    }
  }

  /** Metaspace of each task manager when what is kept for a while is gone. */
  private static List<Double> settled(List<TaskManagerProbe> probes, int job) throws Exception {
    List<Double> metaspace = new ArrayList<>();
    for (TaskManagerProbe probe : probes) {
      probe.awaitNoThreads(GRACE);
      probe.awaitJobClassLoaders(2, GRACE);
      double now = probe.metaspaceMib();
      metaspace.add(now);
      Scale.line(
          "after job %d: %.1f MiB metaspace after a collection, %d class loaders of jobs alive, no"
              + " thread of ours",
          job, now, probe.jobClassLoaders());
    }
    return metaspace;
  }
}
