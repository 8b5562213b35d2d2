package dev.rlmbeam.pipelines.remote;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.ReadMonitor;
import dev.rlmbeam.transforms.MonitoredRun;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import dev.rlmbeam.transforms.RunMonitor;
import dev.rlmbeam.transforms.WorkerId;
import dev.rlmbeam.transforms.WorkerReports;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What workers and a launcher tell each other through a folder. */
@Timeout(60)
final class RemoteProgressTest {
  @TempDir private Path folder;
  private final String run = "run-" + UUID.randomUUID();

  private RunFiles files() {
    return new RunFiles(folder.toString(), run);
  }

  @AfterEach
  void forget() {
    RunMonitor.of(run).end();
    ReadMonitor.end(run);
  }

  private static RlmFailure failure(String id, String run) {
    return RlmFailure.ofInput(
        id, FailureClass.MODEL_TIMEOUT, "slow \"model\"", "rows.jsonl:3", run);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatAWorkerHasDoneIsSeenByTheLauncherAtItsEndAtLeast() throws Exception {
    files().mark();
    ReadMonitor.of(run).read();
    ReadMonitor.of(run).fail(failure("bad", run));
    WorkerReports.Report report = new ProgressFiles(files()).begin(RunMonitor.of(run));
    MonitoredRun.fail(failure("slow", run));
    report.close();

    RemoteProgress progress = new RemoteProgress(files());
    progress.look();

    assertThat(progress.read().tasks()).isEqualTo(1);
    assertThat(progress.read().failed()).isEqualTo(1);
    assertThat(progress.rlm().failed()).isEqualTo(1);
    assertThat(progress.rlm().failuresByClass()).containsExactly(FailureClass.MODEL_TIMEOUT, 1L);
    assertThat(progress.rlm().firstFailures()).containsExactly(failure("slow", run));
    // One file a worker, whatever it told before.
    assertThat(names()).hasSize(2);
    assertThat(names().get(0)).isEqualTo("run-" + run);
    assertThat(names().get(1)).startsWith("worker-" + run + "-" + WorkerId.current() + "-");
  }

  @Test
  void aWorkerThatEndsAfterTheRunLeavesNothing() throws Exception {
    files().mark();
    WorkerReports.Report report = new ProgressFiles(files()).begin(RunMonitor.of(run));
    files().clear();
    MonitoredRun.fail(failure("slow", run));

    report.close();

    assertThat(names()).isEmpty();
  }

  @Test
  void anotherRunInTheFolderIsLeftAlone() throws Exception {
    RunFiles next = new RunFiles(folder.toString(), run + "x");
    files().mark();
    next.mark();
    Files.writeString(folder.resolve("worker-" + next.runId() + "-a-1-100.json"), "{}");

    files().clear();

    assertThat(names())
        .containsExactly("run-" + next.runId(), "worker-" + next.runId() + "-a-1-100.json");
    assertThat(new RemoteProgress(files()).rlm().answered()).isEqualTo(0);
  }

  @Test
  void workersAreAddedUpAndOneThatWritesAtThisMomentIsNotLost() throws Exception {
    String told =
        new WorkerSnapshot(
                System.currentTimeMillis(),
                ReadMonitor.of(run).snapshot(),
                RunMonitor.of(run).snapshot())
            .json()
            .replace("\"answered\":0", "\"answered\":7")
            .replace("\"inFlight\":0", "\"inFlight\":3");
    Files.writeString(
        folder.resolve("worker-" + run + "-a-1-100.json"),
        told.replace(":7", ":2").replaceFirst("\"at\":\\d", "\"at\":0"));
    Files.writeString(folder.resolve("worker-" + run + "-a-1-200.json"), told);
    Files.writeString(folder.resolve("worker-" + run + "-b-2-150.json"), told);
    Files.writeString(folder.resolve("worker-" + run + "-a-0-50.json"), told.substring(0, 20));

    RemoteProgress progress = new RemoteProgress(files());
    progress.look();

    assertThat(progress.rlm().answered()).isEqualTo(14);
    assertThat(progress.rlm().inFlight()).isEqualTo(6);
  }

  @Test
  void aWorkerThatIsSilentForLongHasNothingInFlight() throws Exception {
    String told =
        new WorkerSnapshot(
                System.currentTimeMillis() - 120_000,
                ReadMonitor.of(run).snapshot(),
                RunMonitor.of(run).snapshot())
            .json()
            .replace("\"answered\":0", "\"answered\":7")
            .replace("\"inFlight\":0", "\"inFlight\":3");
    Files.writeString(folder.resolve("worker-" + run + "-a-1-100.json"), told);

    RemoteProgress progress = new RemoteProgress(files());
    progress.look();

    assertThat(progress.rlm().answered()).isEqualTo(7);
    assertThat(progress.rlm().inFlight()).isEqualTo(0);
  }

  @Test
  void aRequestToStopReachesTheWorkerAndTheFilesCanBeCleared() throws Exception {
    files().mark();
    try (WorkerReports.Report report = new ProgressFiles(files()).begin(RunMonitor.of(run))) {
      files().requestStop();
      while (!RunMonitor.of(run).snapshot().stopped()) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    files().clear();

    assertThat(names()).isEmpty();
  }

  @Test
  void aRequestToStopIsHeardWhileTasksAreRead() throws Exception {
    files().mark();
    files().requestStop();

    check(new SharedFolderFn(files(), "/shared/out"));

    assertThat(RunMonitor.of(run).snapshot().stopped()).isTrue();
  }

  @Test
  void aWorkerThatSeesAnotherFolderStopsTheJob() throws Exception {
    RunFiles marked = files();
    marked.mark();
    check(new SharedFolderFn(marked, "/shared/out"));

    RunFiles elsewhere = new RunFiles(folder.toString(), "other");
    assertThat(refusal(new SharedFolderFn(elsewhere, "/shared/out")))
        .contains(
            "--output=/shared/out is not the launcher's folder on worker " + WorkerId.current());
  }

  @Test
  void aWorkerWithAnotherBeamStopsTheJob() throws Exception {
    RunFiles marked = files();
    marked.mark();

    assertThat(refusal(new SharedFolderFn(marked, "/shared/out", "2.60.0")))
        .containsMatch(
            "has Beam 2\\.\\d+\\.\\d+, but this job was made with 2\\.60\\.0.*child-first");
  }

  private static String refusal(SharedFolderFn check) {
    Throwable cause = assertThrows(RuntimeException.class, () -> check(check));
    while (!(cause instanceof UsageException)) {
      cause = Objects.requireNonNull(cause.getCause());
    }
    return String.valueOf(cause.getMessage());
  }

  private static void check(SharedFolderFn check) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    pipeline
        .apply(Create.of(RlmTask.of("a", "q", "c")).withCoder(RlmTaskCoder.of()))
        .apply(ParDo.of(check))
        .setCoder(RlmTaskCoder.of());
    pipeline.run().waitUntilFinish();
  }
}
