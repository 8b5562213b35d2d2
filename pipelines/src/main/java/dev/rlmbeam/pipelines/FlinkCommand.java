package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.flink.ClusterSettings;
import dev.rlmbeam.pipelines.flink.FlinkParts;
import dev.rlmbeam.pipelines.flink.LocalCluster;
import dev.rlmbeam.pipelines.options.FlinkClusterOptions;
import dev.rlmbeam.pipelines.options.Range;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code rlm flink}: a cluster of Flink on this machine. */
final class FlinkCommand implements Command {
  private static final String USAGE =
      """
      ./rlm flink up                      one job manager, two task managers
      ./rlm flink up --taskManagers=4 --slots=2
      ./rlm flink status --json           rest, jobManagerPid, taskManagerPids
      ./rlm run --runner=flink --input=rows.jsonl
      ./rlm flink down

      Real processes, which go on until "down". They have the environment that
      "up" was given: export the keys of models before.

      Exit codes: 0 done, 2 it cannot be started, or (status) none runs.
      """;

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "flink",
        "Start and stop a cluster of Flink on this machine",
        USAGE,
        List.of(
            new CommandShape.Word(
                "up|status|down", "What to do.", 1, 1, List.of("up", "status", "down"))),
        FlinkClusterOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    FlinkClusterOptions options =
        JobOptions.of(FlinkClusterOptions.class, arguments.options()).options();
    LocalCluster cluster = new LocalCluster(Path.of(options.getFolder()));
    switch (arguments.words().get(0)) {
      case "up" -> {
        console.err().println("starting Flink …");
        LocalCluster.Status status = cluster.up(settings(options), FlinkParts.ofLauncher());
        print(status, options, console);
        if (!options.getJson()) {
          console.out().println("  " + next(status));
        }
      }
      case "status" -> print(cluster.status().orElseThrow(() -> none(options)), options, console);
      default -> {
        boolean ran = cluster.down();
        console.out().println(ran ? "Flink is stopped." : none(options).getMessage());
      }
    }
    return ExitCode.DONE;
  }

  /** A run finds the cluster of this very folder by itself. */
  private static String next(LocalCluster.Status status) {
    String address = status.rest().replaceFirst("^http://", "");
    boolean found =
        LocalCluster.address(LocalCluster.USUAL_FOLDER).map(address::equals).orElse(false);
    return "./rlm run --runner=flink" + (found ? "" : " --flinkMaster=" + address) + " --input=…";
  }

  private static UsageException none(FlinkClusterOptions options) {
    return new UsageException(
        "No cluster runs from --folder=" + options.getFolder() + ". Start one: ./rlm flink up");
  }

  private static ClusterSettings settings(FlinkClusterOptions options) {
    return new ClusterSettings(
        Range.within("taskManagers", options.getTaskManagers(), 1, 64),
        Range.within("slots", options.getSlots(), 1, 64),
        Range.within("restPort", options.getRestPort(), 0, 65_535),
        Range.atLeast("taskManagerHeapMib", options.getTaskManagerHeapMib(), 256),
        Range.atLeast("jobManagerHeapMib", options.getJobManagerHeapMib(), 256),
        Range.atLeast("managedMib", options.getManagedMib(), 32),
        options.getNetworkMib() == 0
            ? 0
            : Range.atLeast("networkMib", options.getNetworkMib(), 64));
  }

  private static void print(
      LocalCluster.Status status, FlinkClusterOptions options, Console console) {
    if (options.getJson()) {
      console.out().println(json(status));
      return;
    }
    console
        .out()
        .printf(
            "Flink runs: %s%n  %d task managers, %d slots, %d of them free, %d jobs at work%n"
                + "  logs: %s%n",
            status.rest(),
            status.registered(),
            status.slots(),
            status.freeSlots(),
            status.jobsRunning(),
            status.log());
  }

  private static ObjectNode json(LocalCluster.Status status) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("rest", status.rest());
    json.put("jobManagerPid", status.jobManagerPid());
    ArrayNode workers = json.putArray("taskManagerPids");
    status.taskManagerPids().forEach(workers::add);
    json.put("taskManagers", status.registered());
    json.put("slots", status.slots());
    json.put("freeSlots", status.freeSlots());
    json.put("jobsRunning", status.jobsRunning());
    json.put("log", status.log().toString());
    return json;
  }
}
