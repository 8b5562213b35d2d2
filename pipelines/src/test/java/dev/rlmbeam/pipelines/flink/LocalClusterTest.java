package dev.rlmbeam.pipelines.flink;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.io.FolderLock;
import dev.rlmbeam.pipelines.options.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster's folder says when it does not run as it should. Real ones are Flink's tests'. */
@Timeout(60)
final class LocalClusterTest {
  private static final ClusterSettings SETTINGS = new ClusterSettings(1, 1, 0, 256, 256, 32, 0);

  @TempDir private Path folder;

  private String refusedUp() {
    FlinkParts nowhere = new FlinkParts(folder, folder, folder);
    return assertThrows(UsageException.class, () -> new LocalCluster(folder).up(SETTINGS, nowhere))
        .getMessage();
  }

  @Test
  void oneIsStartedFromAFolderAtATime() throws Exception {
    try (FolderLock other = FolderLock.take(folder).orElseThrow()) {
      assertThat(refusedUp()).contains("is being started from " + folder);
    }
  }

  @Test
  void whatIsLeftOfAClusterIsCalledThat() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    assertThat(ended.waitFor()).isEqualTo(0);
    new ClusterState(
            "http://127.0.0.1:1",
            new ClusterProcess(ended.pid(), 1),
            List.of(ClusterProcess.of(ProcessHandle.current())))
        .write(new ClusterFiles(folder).state());

    UsageException status =
        assertThrows(UsageException.class, () -> new LocalCluster(folder).status());

    assertThat(status).hasMessageThat().contains("Only task managers are left");
    assertThat(refusedUp()).isEqualTo(status.getMessage());
  }
}
