package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals for a process that the first one does not bring to an end. */
@Timeout(90)
final class InterruptsTest {
  @TempDir private Path folder;

  /** A process whose first signal begins something that never ends. */
  static final class Stuck {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Stuck() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      Interrupts.ofProcess().onFirst(() -> beginAndGetStuck(folder.resolve("began")));
      new ProcessBuilder("sleep", "60").start();
      Files.createFile(folder.resolve("ready"));
      // Past the time of the test nobody needs it any more.
      NEVER.await(90, TimeUnit.SECONDS);
    }

    private static void beginAndGetStuck(Path began) {
      try {
        Files.createFile(began);
        NEVER.await();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void theSecondEndsAProcessThatTheFirstOneLeavesStuck() throws Exception {
    try (ChildJvm child =
        ChildJvm.start(folder, List.of(), Stuck.class, List.of(folder.toString()))) {
      Process process = child.process();
      awaitFile("ready", process);
      List<ProcessHandle> started = process.descendants().toList();
      assertThat(started).isNotEmpty();

      Signals.send("TERM", process);
      awaitFile("began", process);
      assertThat(process.isAlive()).isTrue();
      Signals.send("INT", process);

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      for (ProcessHandle handle : started) {
        handle.onExit().get(10, TimeUnit.SECONDS);
      }
    }
  }

  private void awaitFile(String name, Process process) throws InterruptedException {
    while (!Files.exists(folder.resolve(name))) {
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
    }
  }
}
