package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contexts by URI never stand in the worker's heap: ten of them in flight at once are together
 * larger than all of it. {@code -Drlm.prove.heap=true} takes contexts of 100 MB and a heap of 512
 * MiB, else a tenth of the contexts and an eighth of the heap.
 */
final class RunHeapTest {
  private static final Logger LOG = Logger.getLogger(RunHeapTest.class.getName());
  private static final boolean WHOLE = Boolean.getBoolean("rlm.prove.heap");
  private static final int CONTEXTS = 10;
  private static final int CONTEXT_BYTES = WHOLE ? 100_000_000 : 10_000_000;
  private static final int HEAP_MIB = WHOLE ? 512 : 64;

  @TempDir private Path folder;

  @Test
  @Timeout(300)
  void tenContextsInFlightAreLargerThanTheHeap() throws Exception {
    Path rows = writeRows();
    long start = System.nanoTime();
    try (ModelServer server = ModelServer.start(call -> lengthAndEnd());
        ChildJvm child =
            ChildJvm.start(
                folder,
                List.of("-Xmx" + HEAP_MIB + "m"),
                Main.class,
                List.of(
                    "run",
                    "--input=" + rows,
                    "--contextUriField=uri",
                    "--output=" + folder.resolve("out"),
                    "--model=openai/scripted",
                    "--modelBaseUrl=" + server.baseUrl(),
                    "--localIsolation=none",
                    "--maxInFlight=" + CONTEXTS))) {
      assertThat(child.process().waitFor(280, TimeUnit.SECONDS)).isTrue();
      assertWithMessage(Files.readString(folder.resolve("stderr")))
          .that(child.process().exitValue())
          .isEqualTo(0);
    }
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();

    TreeMap<String, String> answers = new TreeMap<>();
    for (String line : CommandRun.lines(folder.resolve("out"), "results-")) {
      JsonNode result = new ObjectMapper().readTree(line);
      answers.put(result.path("id").asText(), result.path("answer").asText());
    }
    assertThat(answers).hasSize(CONTEXTS);
    for (int i = 0; i < CONTEXTS; i++) {
      assertThat(answers.get("r" + i)).isEqualTo((CONTEXT_BYTES + i) + " end " + i);
    }
    LOG.info(
        String.format(
            "%d contexts of %,d bytes by URI, heap of %d MiB, %.1f s",
            CONTEXTS, CONTEXT_BYTES, HEAP_MIB, millis / 1000.0));
  }

  private static ServerReply lengthAndEnd() {
    return ServerReply.text(
        "```repl\nanswer['content'] = f'{len(context)} {context[-5:]}'\nanswer['ready'] = True\n```");
  }

  private Path writeRows() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < CONTEXTS; i++) {
      String name = "context" + i + ".txt";
      writeContext(folder.resolve(name), i);
      rows.add(String.format("{\"id\":\"r%d\",\"query\":\"q\",\"uri\":\"%s\"}", i, name));
    }
    return Files.write(folder.resolve("rows.jsonl"), rows);
  }

  /** Each is a byte longer than the one before, and ends with its number. */
  private static void writeContext(Path file, int number) throws IOException {
    byte[] end = ("end " + number).getBytes(StandardCharsets.US_ASCII);
    byte[] line = ("a line of context " + number + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] block = new byte[1 << 16];
    for (int i = 0; i < block.length; i++) {
      block[i] = line[i % line.length];
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      int left = CONTEXT_BYTES + number - end.length;
      for (; left > 0; left -= block.length) {
        out.write(block, 0, Math.min(left, block.length));
      }
      out.write(end);
    }
  }
}
