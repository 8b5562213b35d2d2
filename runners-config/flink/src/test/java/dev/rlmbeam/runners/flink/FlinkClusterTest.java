package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.flink.FlinkRest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** One cluster of two task managers, and what a person does with it, in this order. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FlinkClusterTest {
  private static final int ELEMENTS = Scale.WHOLE ? 120 : 40;
  private static final Duration LATENCY = Duration.ofMillis(500);

  @TempDir private static Path folder;
  private FlinkRig rig;
  private JsonNode up;
  private final Traces traces = new Traces();

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
  @Order(1)
  void aClusterIsRealProcesses() throws Exception {
    assertThat(ProcessHandle.of(up.path("jobManagerPid").asLong())).isPresent();
    assertThat(up.path("taskManagerPids")).hasSize(2);
    assertThat(up.path("slots").asInt()).isEqualTo(4);
    assertThat(rig.status()).isEqualTo(up);

    FlinkRig.Outcome second = rig.rlm("flink", "up", "--restPort=0");

    assertThat(second.exit()).isEqualTo(2);
    assertThat(second.said()).contains("runs from");
  }

  @Test
  @Order(2)
  void whatTheClusterCannotTakeIsSaidBeforeAnythingIsPaid() throws Exception {
    Path input = Rows.write(folder.resolve("few.jsonl"), 3);

    FlinkRig.Outcome slots =
        rig.start(rig.run(input, folder.resolve("none"), "--parallelism=9")).await();
    FlinkRig.Outcome nowhere =
        rig.start(rig.run(input, folder.resolve("none"), "--flinkMaster=127.0.0.1:1")).await();

    assertThat(slots.exit()).isEqualTo(2);
    assertThat(slots.said()).contains("taskmanager.numberOfTaskSlots");
    assertThat(nowhere.exit()).isEqualTo(2);
    assertThat(nowhere.said()).contains("./rlm flink up");
    assertThat(rig.server.calls()).isEqualTo(0);
  }

  @Test
  @Order(3)
  void eachElementIsAnsweredOnceAndBothTaskManagersWork() throws Exception {
    Path input = Rows.write(folder.resolve("rows.jsonl"), ELEMENTS);
    Path output = folder.resolve("out");

    // In all slots, so on both task managers.
    FlinkRig.Running running =
        rig.start(rig.run(input, output, "--maxInFlight=16", "--parallelism=4"));
    FlinkRig.await(
        "the first calls",
        Duration.ofMinutes(2),
        () -> rig.server.calls() > 0 || !running.process().isAlive());
    traces.look(up, output);
    assertThat(rig.plans(up).get(0)).contains("Spread/Deal");
    FlinkRig.Outcome outcome = running.await();

    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
    traces.add(outcome.said());
    List<JsonNode> results = Rows.read(output, "results-");
    assertThat(Rows.byId(results)).isEqualTo(Rows.answers(ELEMENTS));
    assertThat(Rows.byWorker(results)).hasSize(2);
    // Four subtasks deal, each evenly, to four: nobody can have more than this.
    for (int count : Rows.byWorker(results).values()) {
      assertThat(count).isAtMost(ELEMENTS / 2 + 4);
    }
    assertThat(rig.server.calls()).isEqualTo(3L * ELEMENTS);
    Scale.line("results by worker: %s", Rows.byWorker(results).values());
  }

  @Test
  @Order(5)
  @EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
  void theLossOfATaskManagerIsSurvivedAndEachElementIsAnsweredOnce() throws Exception {
    Path input = Rows.write(folder.resolve("rows.jsonl"), ELEMENTS);
    Path output = folder.resolve("lost");
    long before = rig.server.calls();
    ProcessHandle victim =
        ProcessHandle.of(up.path("taskManagerPids").get(0).asLong()).orElseThrow();
    FlinkRig.Running running = rig.start(rig.run(input, output, "--maxInFlight=16"));

    // A third of all calls, so that both task managers hold work.
    FlinkRig.await(
        "a third of the calls",
        Duration.ofMinutes(3),
        () -> rig.server.calls() > before + ELEMENTS || !running.process().isAlive());
    List<ProcessHandle> sandboxes = victim.descendants().toList();
    victim.destroyForcibly();
    FlinkRig.Outcome outcome = running.await();

    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
    assertThat(sandboxes).isNotEmpty();
    List<JsonNode> results = Rows.read(output, "results-");
    assertThat(Rows.byId(results)).isEqualTo(Rows.answers(ELEMENTS));
    for (ProcessHandle each : sandboxes) {
      FlinkRig.await("the end of " + each.pid(), Duration.ofSeconds(65), () -> !each.isAlive());
    }
    long repeated = rig.server.calls() - before - 3L * ELEMENTS;
    Scale.line(
        "task manager killed: %d of %d answered once each, %d of %d model calls repeated",
        results.size(), ELEMENTS, repeated, 3 * ELEMENTS);
    assertThat(repeated).isAtLeast(1);
  }

  @Test
  @Order(4)
  void noKeyIsInLogsOnThePageInBlobsOrInWhatWasWrittenOrSaid() throws Exception {
    traces.look(up, folder.resolve("out"));

    String all = traces.all();
    assertThat(all).contains("maxInFlight");
    assertThat(all).contains("StandaloneSessionClusterEntrypoint");
    assertThat(all).containsMatch("/blob_p-[0-9a-f-]+");
    assertThat(all.indexOf(rig.key)).isEqualTo(-1); // not shown if it fails
  }

  @Test
  @Order(8)
  @EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
  void aWorkerWithoutPythonSaysSoAndNothingIsPaid() throws Exception {
    Path input = Rows.write(folder.resolve("few.jsonl"), 3);
    Path output = folder.resolve("no-python");
    long before = rig.server.calls();

    FlinkRig.Outcome outcome =
        rig.start(rig.run(input, output, "--python=/nowhere/python3")).await();

    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(3);
    assertThat(outcome.said()).contains("there is no /nowhere/python3 on this machine");
    assertThat(Rows.read(output, "failures-")).hasSize(3);
    assertThat(rig.server.calls()).isEqualTo(before);
    Scale.line("no Python on the workers: said, with the command that installs it; nothing paid");
  }

  @Test
  @Order(6)
  @EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
  void aJobThatIsCancelledOnThePageLeavesNoSandbox() throws Exception {
    Path input = Rows.write(folder.resolve("many.jsonl"), 20 * ELEMENTS);
    FlinkRest rest = new FlinkRest(up.path("rest").asText());
    ProcessHandle worker =
        ProcessHandle.of(rig.status().path("taskManagerPids").get(0).asLong()).orElseThrow();
    long before = rig.server.calls();
    FlinkRig.Running running = rig.start(rig.run(input, folder.resolve("cancelled")));
    FlinkRig.await(
        "the first calls",
        Duration.ofMinutes(2),
        () -> rig.server.calls() > before + 20 || !running.process().isAlive());
    assertThat(worker.descendants().count()).isAtLeast(1);
    long cancelled = System.nanoTime();
    for (JsonNode job : rest.jobs()) {
      if (job.path("state").asText().equals("RUNNING")) {
        rest.cancel(job.path("jid").asText());
      }
    }
    FlinkRig.await(
        "the end of all sandboxes",
        Duration.ofSeconds(15),
        () -> worker.descendants().findAny().isEmpty());
    double sandboxes = (System.nanoTime() - cancelled) / 1e9;
    new TaskManagerProbe(worker.pid())
        .awaitNoThreads(Duration.ofSeconds(15).minusNanos(System.nanoTime() - cancelled));
    Scale.line(
        "cancelled on the page: all sandboxes of the task manager are gone after %.1f s, all"
            + " threads of ours after %.1f s",
        sandboxes, (System.nanoTime() - cancelled) / 1e9);

    FlinkRig.Outcome outcome = running.await();

    assertThat(outcome.exit()).isEqualTo(130);
    assertThat(outcome.said()).contains("cancelled on the cluster");
  }

  @Test
  @Order(7)
  @EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
  void ctrlCEndsTheJobInGoodOrder() throws Exception {
    Path input = Rows.write(folder.resolve("many.jsonl"), 20 * ELEMENTS);
    Path output = folder.resolve("stopped");
    long before = rig.server.calls();
    FlinkRig.Running running =
        rig.start(rig.run(input, output, "--maxInFlight=8", "--parallelism=2"));
    FlinkRig.await(
        "the first answers",
        Duration.ofMinutes(2),
        () -> rig.server.calls() > before + 60 || !running.process().isAlive());

    running.interrupt();
    FlinkRig.Outcome outcome = running.await();

    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(130);
    Map<String, String> answered = Rows.byId(Rows.read(output, "results-"));
    assertThat(answered.size()).isGreaterThan(0);
    assertThat(answered.size()).isLessThan(20 * ELEMENTS);
    assertThat(Rows.answers(20 * ELEMENTS).entrySet())
        .containsAtLeastElementsIn(answered.entrySet());
    for (JsonNode failure : Rows.read(output, "failures-")) {
      assertThat(failure.path("errorClass").asText()).isEqualTo("CANCELLED");
    }
    assertThat(Files.exists(output.resolve("summary.json"))).isTrue();
    Scale.line("Ctrl-C: exit 130, %d of %d answered and written", answered.size(), 20 * ELEMENTS);
  }
}
