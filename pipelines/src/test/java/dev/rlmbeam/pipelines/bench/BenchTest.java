package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.sandbox.local.LocalIsolation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bench as a whole, with real sandboxes. */
@Timeout(180)
class BenchTest {
  private static final List<String> SMALL = List.of("noop_p50_ms", "llm_query_p50_ms");
  private static final List<String> LARGE =
      List.of("llm_query_batched_64_ms", "llm_query_delay20_1_p50_ms", "sandbox_ready_p50_ms");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private void run(String... arguments) throws InterruptedException {
    Bench.of(options(arguments)).run(print(out), print(err));
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** Those of this process; others may have a bench of their own at the same time. */
  private static List<Path> folders() throws IOException {
    String prefix = "rlm-bench-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  /** What a bench may have started, and others as well. */
  private static Set<Object> started() {
    Set<Object> started = new HashSet<>(ProcessHandle.current().descendants().toList());
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(bench|tunnel|sandbox|model|delay|rlm)-.*"))
        .forEach(started::add);
    return started;
  }

  @Test
  void printsOneObjectWithAllThatWasAskedForAndLeavesNothingBehind() throws Exception {
    Set<Object> before = started();

    run("--quick", "--json", "--only", String.join(",", SMALL) + "," + String.join(",", LARGE));

    JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines().count()).isEqualTo(1);
    for (String key : SMALL) {
      assertThat(json.path(key).asDouble()).isGreaterThan(0.0);
      assertThat(json.path(key.replace("_p50_", "_p95_")).asDouble())
          .isAtLeast(json.path(key).asDouble());
      assertThat(json.path("samples").path(key).asInt()).isAtLeast(200);
    }
    for (String key : LARGE) {
      assertThat(json.path(key).asDouble()).isGreaterThan(0.0);
    }
    assertThat(json.path("llm_query_batched_64_ms").asDouble()).isAtLeast(50.0);
    assertThat(json.path("llm_query_delay20_1_p50_ms").asDouble()).isAtLeast(40.0);
    assertThat(json.path("isolation").asText()).startsWith("local");
    assertThat(json.path("cores").asInt()).isAtLeast(1);
    assertThat(json.path("python").asText()).startsWith("3.");
    assertThat(json.has("java")).isTrue();
    assertThat(json.has("date")).isTrue();
    assertThat(json.has("element_p50_ms")).isFalse();
    assertThat(folders()).isEmpty();
    Set<Object> left = started();
    left.removeAll(before);
    assertThat(left).isEmpty();
  }

  @Test
  void printsATableOfWholeElementsAndLeavesNothingBehind() throws Exception {
    Set<Object> before = started();

    run("--quick", "--only=element_p50_ms");

    assertThat(out.toString(StandardCharsets.UTF_8)).containsMatch("element: 3 turns.* 200 ");
    assertThat(folders()).isEmpty();
    Set<Object> left = started();
    left.removeAll(before);
    assertThat(left).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("1/1 element");
  }

  @Test
  void loadsContexts() throws Exception {
    LocalSandboxesFactory sandboxes = new LocalSandboxesFactory(LocalIsolation.AUTO, "", true);
    try (BenchSite site = BenchSite.open(sandboxes)) {
      Samples samples = new ContextLoad(3_000_000).take(site, new Scale(true));

      assertThat(samples.values()).hasSize(3);
    }
  }

  @Test
  void namesTheOptionThatIsWrong() {
    UsageException unknown = assertThrows(UsageException.class, () -> Bench.of(options("--quik")));
    assertThat(unknown).hasMessageThat().contains("did you mean --quick?");

    UsageException key = assertThrows(UsageException.class, () -> Bench.of(options("--only=noop")));
    assertThat(key).hasMessageThat().contains("noop_p50_ms");

    assertThrows(UsageException.class, () -> Bench.of(options("--localIsolation=glass")));
  }

  private static BenchOptions options(String... arguments) {
    return CommandLine.parse(BenchOptions.class, List.of(arguments));
  }
}
