package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures rows for {@code docs/scaling/measured.json} on the Direct runner with local sandboxes,
 * at a model server on this machine. Linux; with {@code -Drlm.measure.scale=true} alone.
 */
@EnabledIfSystemProperty(named = "rlm.measure.scale", matches = "true")
final class ScaleMeasureTest {
  private static final Logger LOG = Logger.getLogger(ScaleMeasureTest.class.getName());
  private static final int TURNS = 3;

  @TempDir private Path folder;
  private final AtomicLong first = new AtomicLong();
  private final AtomicLong last = new AtomicLong();

  private record Size(int elements, int inFlight, double latency) {}

  @Test
  void runsOfSomeSizes() throws Exception {
    measure(new Size(40, 8, 0.2)); // a process is slow at first; this one does not count
    for (Size size :
        List.of(
            new Size(1500, 64, 0.1), // more than the processors can do: what an element costs
            new Size(1500, 48, 0.1),
            new Size(600, 32, 0.5),
            new Size(150, 8, 1),
            new Size(150, 16, 2),
            new Size(300, 16, 0.5),
            new Size(2000, 128, 0.2))) {
      LOG.info(measure(size));
    }
  }

  private String measure(Size size) throws IOException {
    first.set(0);
    long jvmBefore = jvmNanos();
    long[] machineBefore = machine();
    Path input = rows(size.elements());
    long calls;
    try (ModelServer server = ModelServer.start(call -> reply(call, size.latency()))) {
      CommandRun run =
          CommandRun.of(
              "run",
              "--input=" + input,
              "--output=" + Files.createTempDirectory(folder, "out").resolve("run"),
              "--model=openai/scripted",
              "--modelBaseUrl=" + server.baseUrl(),
              "--modelApiKey=file:" + key(),
              "--maxInFlight=" + size.inFlight());
      assertWithMessage(run.err()).that(run.exitCode()).isEqualTo(ExitCode.DONE);
      calls = server.calls();
    }
    assertThat(calls).isEqualTo((long) TURNS * size.elements());
    long[] machine = machine();
    double busy =
        (double) (machine[0] - machineBefore[0]) / Math.max(1, machine[1] - machineBefore[1]);
    return String.format(
        Locale.ROOT,
        "{\"taskManagers\": 1, \"maxInFlight\": %d, \"elements\": %d, \"turns\": %d,"
            + " \"latencySeconds\": %.1f, \"cores\": %d, \"wallSeconds\": %.1f, \"calls\": %d,"
            + " \"workerCpuSeconds\": %.1f, \"machineBusy\": %.2f, \"load\": %.1f}",
        size.inFlight(),
        size.elements(),
        TURNS,
        size.latency(),
        processors(),
        (last.get() - first.get()) / 1e9,
        calls,
        (jvmNanos() - jvmBefore) / 1e9,
        busy,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private ServerReply reply(ModelCall call, double latency) {
    long now = System.nanoTime();
    first.compareAndSet(0, now);
    last.set(now + (long) (latency * 1e9));
    long turn =
        call.messages().stream()
            .filter(message -> message.role() == ChatMessage.Role.ASSISTANT)
            .count();
    String block =
        turn < TURNS - 1
            ? "print(len(context))"
            : "answer['content'] = '1'\nanswer['ready'] = True";
    return ServerReply.text("```repl\n" + block + "\n```")
        .after(Duration.ofMillis(Math.round(latency * 1000)));
  }

  private Path rows(int count) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(
          "{\"id\": \"row-%d\", \"query\": \"What?\", \"context\": \"Row %d.\"}%n".formatted(i, i));
    }
    return Files.writeString(Files.createTempFile(folder, "rows", ".jsonl"), text);
  }

  private Path key() throws IOException {
    return Files.writeString(folder.resolve("key"), "sk-scripted");
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static long jvmNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Hundredths of a second that the machine's processors worked, and all of them. */
  private static long[] machine() throws IOException {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+", -1);
    long all = 0;
    for (int i = 1; i <= 8; i++) {
      all += Long.parseLong(fields[i]);
    }
    return new long[] {all - Long.parseLong(fields[4]) - Long.parseLong(fields[5]), all};
  }
}
