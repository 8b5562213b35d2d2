package dev.rlmbeam.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.pipelines.flink.FlinkRest;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A cluster, a model server, and the command as processes of its own, with the class path that the
 * launcher gives it. Closing it ends all of them.
 */
final class FlinkRig implements AutoCloseable {
  private static final Duration PATIENCE =
      Scale.WHOLE ? Duration.ofMinutes(30) : Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();
  // Its module's folder; tests of other modules say where that is.
  private static final Path BASE =
      Path.of(System.getProperty("rlm.test.flink", System.getProperty("basedir", "")))
          .toAbsolutePath()
          .normalize();

  /** The model's key: nothing but a model's request may have it. */
  final String key = "sk-" + UUID.randomUUID();

  final Path folder;
  final ModelServer server;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Path> addOns = new ArrayList<>();
  private final AtomicInteger number = new AtomicInteger();

  FlinkRig(Path folder, ModelServer.Script script) {
    this.folder = folder;
    this.server = ModelServer.start(script);
  }

  /** What came of a process, and what it said on both streams. */
  record Outcome(int exit, String said, double seconds) {}

  /** A process that goes on. */
  record Running(Process process, Path output, long startNanos) {
    Outcome await() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after " + PATIENCE + ": " + said());
      }
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      return new Outcome(process.exitValue(), said(), seconds);
    }

    String said() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** As Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
    }
  }

  /** What all processes from now on, the cluster's too, have in their environment. */
  void environment(String name, String value) {
    environment.put(name, value);
  }

  /** Adds a file system to all runs from now on, as the launcher does for {@code --addOns}. */
  void addOn(String name) {
    addOns.add(addOnJar(name));
  }

  /** Starts {@code ./rlm ARGUMENTS}. */
  Running start(List<String> arguments) throws IOException {
    Path jar = jobJar();
    Path cluster = BASE.resolve("cluster/target");
    return start(
        List.of(
            "-Drlm.flink.jar=" + jar,
            "-Drlm.flink.lib=" + cluster.resolve("lib"),
            "-Drlm.flink.logging=" + cluster.resolve("logging"),
            "-Drlm.flink.conf=" + BASE.resolve("launcher-conf"),
            "-Drlm.addOns=" + addOns(",")),
        jar
            + ":"
            + BASE.resolve("target/launcher")
            + "/*:"
            + cluster.resolve("lib")
            + "/*:"
            + addOns(":"),
        arguments);
  }

  private String addOns(String separator) {
    return addOns.stream().map(Path::toString).collect(Collectors.joining(separator));
  }

  /**
   * Starts {@code ./rlm ARGUMENTS} as it is with the Direct runner's bundle, which has to be built.
   */
  Running startDirect(List<String> arguments) throws IOException {
    return start(
        List.of(), BASE.resolveSibling("direct") + "/target/lib/*:" + addOns(":"), arguments);
  }

  /** Starts {@code flink ARGUMENTS}, Flink's own command, with the cluster's configuration. */
  Running startFlinkClient(List<String> arguments) throws IOException {
    Path cluster = BASE.resolve("cluster/target");
    environment.put("FLINK_CONF_DIR", folder.resolve(".flink/conf").toString());
    return startJava(
        List.of(),
        cluster.resolve("lib") + "/*:" + cluster.resolve("logging") + "/*",
        "org.apache.flink.client.cli.CliFrontend",
        arguments);
  }

  static Path addOnJar(String name) {
    return BASE.resolveSibling("addons").resolve(name + "/target/rlm-beam-addon-" + name + ".jar");
  }

  /** The jar that a job is sent with. */
  static Path jobJar() {
    return BASE.resolve("target/rlm-beam-flink.jar");
  }

  private Running start(List<String> properties, String classPath, List<String> arguments)
      throws IOException {
    return startJava(properties, classPath, "dev.rlmbeam.pipelines.Main", arguments);
  }

  private Running startJava(
      List<String> properties, String classPath, String main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(properties);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    Path out = folder.resolve("said-" + number.incrementAndGet() + ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("OPENAI_API_KEY", key);
    builder.environment().putAll(environment);
    return new Running(builder.start(), out, System.nanoTime());
  }

  /** The same, to its end. */
  Outcome rlm(String... arguments) throws IOException, InterruptedException {
    return start(List.of(arguments)).await();
  }

  /** Starts a cluster; the command finds it, because it works in the rig's folder. */
  JsonNode up(String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("flink", "up", "--restPort=0", "--json"));
    arguments.addAll(List.of(options));
    Outcome up = start(arguments).await();
    if (up.exit() != 0) {
      throw new AssertionError(up.said());
    }
    return json(up.said());
  }

  JsonNode status() throws IOException, InterruptedException {
    return json(rlm("flink", "status", "--json").said());
  }

  /** What steps the jobs of a cluster have. */
  List<String> plans(JsonNode up) throws IOException, InterruptedException {
    FlinkRest rest = new FlinkRest(up.path("rest").asText());
    List<String> plans = new ArrayList<>();
    for (JsonNode job : rest.jobs()) {
      plans.add(get(rest.address() + "/jobs/" + job.path("jid").asText() + "/plan"));
    }
    return plans;
  }

  /** The body of a page. */
  static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static JsonNode json(String said) throws IOException {
    return JSON.readTree(said.substring(said.indexOf('{')));
  }

  /** The arguments of a run on the cluster that asks the model server; paths or URIs. */
  List<String> run(Object input, Object output, String... more) {
    List<String> arguments = runAnywhere(input, output, more);
    arguments.add("--runner=flink");
    return arguments;
  }

  /** The same, without a runner. */
  List<String> runAnywhere(Object input, Object output, String... more) {
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.addAll(options(input, output, more));
    return arguments;
  }

  /** The same, without the command's name. */
  List<String> options(Object input, Object output, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--input=" + input,
                "--output=" + output,
                "--model=openai/scripted",
                "--modelBaseUrl=" + server.baseUrl()));
    options.addAll(List.of(more));
    return options;
  }

  /** Waits until something is so, looking often. */
  static void await(String what, Duration limit, BooleanSupplier holds)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      Outcome unused = rlm("flink", "down");
    } finally {
      server.close();
    }
  }
}
