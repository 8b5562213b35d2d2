package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals, sent to a process of its own. */
@Timeout(90)
final class CtrlCTest {
  private static final int ANSWERED = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final CountDownLatch stuck = new CountDownLatch(1);

  @Test
  void theFirstWritesWhatIsFinishedAndEndsTheSandboxes() throws Exception {
    try (ModelServer server = ModelServer.start(call -> reply(call.number()));
        ChildJvm child = start(server)) {
      Process process = child.process();
      assertThat(stuck.await(60, TimeUnit.SECONDS)).isTrue();
      List<ProcessHandle> sandboxes = process.descendants().toList();

      Signals.sendToGroup("INT", process);

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(sandboxes).isNotEmpty();
      for (ProcessHandle sandbox : sandboxes) {
        sandbox.onExit().get(10, TimeUnit.SECONDS);
      }
    }
    Path output = folder.resolve("out");
    assertThat(CommandRun.lines(output, "results-").size()).isAtLeast(ANSWERED - 4);
    JsonNode summary = JSON.readTree(output.resolve("summary.json").toFile());
    assertThat(summary.path("outcome").asText()).isEqualTo("interrupted");
    assertThat(summary.path("elements").asInt()).isEqualTo(30);
    assertThat(Files.readString(folder.resolve("stdout"))).endsWith(output + "\n");
  }

  @Test
  void aRequestToTerminateCountsAsOneAndTheSecondEndsAtOnce() throws Exception {
    try (ModelServer server = ModelServer.start(call -> reply(call.number()));
        ChildJvm child = start(server)) {
      Process process = child.process();
      assertThat(stuck.await(60, TimeUnit.SECONDS)).isTrue();
      List<ProcessHandle> sandboxes = process.descendants().toList();
      List<ProcessHandle> agents = process.children().toList();
      assertThat(agents).isNotEmpty();
      try {
        // Sandboxes that do not answer hold up the orderly end, until they are given up as lost.
        Signals.send("STOP", agents);

        Signals.send("TERM", process);
        Signals.send("INT", process);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        for (ProcessHandle sandbox : sandboxes) {
          sandbox.onExit().get(10, TimeUnit.SECONDS);
        }
      } finally {
        // No lease ends what stands still.
        sandboxes.forEach(ProcessHandle::destroyForcibly);
      }
    }
    assertThat(Files.readString(folder.resolve("stderr"))).contains("Stopping");
    assertThat(Files.exists(folder.resolve("out").resolve("summary.json"))).isFalse();
  }

  @Test
  void whatWasReadOfStandardInputIsNotLeftBehind() throws Exception {
    Path temp = Files.createDirectory(folder.resolve("temp"));
    try (ChildJvm child =
        ChildJvm.start(
            folder,
            List.of("-Djava.io.tmpdir=" + temp),
            Main.class,
            List.of("ask", "Who?", "--output=" + folder.resolve("out")))) {
      Process process = child.process();
      OutputStream in = process.getOutputStream();
      in.write("a secret\n".repeat(10_000).getBytes(StandardCharsets.UTF_8));
      in.flush();
      while (bytesOfCopies(temp) == 0 && process.isAlive()) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      assertThat(bytesOfCopies(temp)).isGreaterThan(0L);

      Signals.send("INT", process);

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    }
    assertThat(copies(temp)).isEmpty();
  }

  private static List<Path> copies(Path temp) throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      return files.filter(file -> file.getFileName().toString().startsWith("rlm-ask-")).toList();
    }
  }

  private static long bytesOfCopies(Path temp) throws IOException {
    long bytes = 0;
    for (Path copy : copies(temp)) {
      bytes += Files.size(copy);
    }
    return bytes;
  }

  /** After a few answers the service hangs, so that there are elements in flight. */
  private ServerReply reply(long number) {
    if (number <= ANSWERED) {
      return ScriptedRoot.answer();
    }
    stuck.countDown();
    return ServerReply.never();
  }

  private ChildJvm start(ModelServer server) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      rows.add(String.format("{\"id\":\"r%d\",\"query\":\"q\",\"context\":\"Part %d.\"}", i, i));
    }
    Path input = Files.write(folder.resolve("rows.jsonl"), rows);
    return ChildJvm.start(
        folder,
        List.of(),
        Main.class,
        List.of(
            "run",
            "--input=" + input,
            "--output=" + folder.resolve("out"),
            "--model=openai/scripted",
            "--modelBaseUrl=" + server.baseUrl(),
            "--localIsolation=none",
            "--maxInFlight=4",
            "--maxSandboxes=1"));
  }
}
