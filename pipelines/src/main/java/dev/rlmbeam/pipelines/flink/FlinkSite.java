package dev.rlmbeam.pipelines.flink;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster as a job would find it. Immutable.
 *
 * @param version of Flink
 * @param taskManagers that are there
 * @param slots of all of them
 * @param freeSlots of all of them
 * @param networkBytes of the task manager that has the least; 0 where that is not known
 * @param settings of the cluster, by their keys
 */
public record FlinkSite(
    String version,
    int taskManagers,
    int slots,
    int freeSlots,
    long networkBytes,
    Map<String, String> settings) {
  private static final Logger log = LoggerFactory.getLogger(FlinkSite.class);
  private static final String RELEASE = "1.19";
  private static final String MIN_BUFFERS = "taskmanager.network.sort-shuffle.min-buffers";
  private static final String SLOTS = "taskmanager.numberOfTaskSlots";
  private static final String MOST_SLOTS = "slotmanager.number-of-slots.max";
  private static final int REST_PORT = 8081; // Flink's default
  private static final int USUAL_MIN_BUFFERS = 512;
  private static final int BUFFER_BYTES = 32 * 1024;
  // Two shuffles meet in a subtask: one is read while the other is written.
  private static final int SHUFFLES = 2;

  public FlinkSite {
    settings = Map.copyOf(settings);
  }

  /**
   * The cluster at an address.
   *
   * @param master host and REST port, such as {@code 127.0.0.1:8081}
   * @return nothing when no cluster answers
   */
  public static Optional<FlinkSite> find(String master) {
    if (isWithinLauncher(master)) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(master));
    } catch (IOException | IllegalArgumentException e) {
      log.debug("no Flink at {}", master, e);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * The cluster at an address, which has to be there.
   *
   * @throws UsageException when no cluster answers, with what happened instead
   */
  public static FlinkSite require(String master) {
    try {
      return read(master);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "--flinkMaster="
              + master
              + ": no Flink answers there ("
              + reason(e)
              + ").\nStart one on this machine with ./rlm flink up, or give the host and the REST"
              + " port of another.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException("--flinkMaster=" + master + " was not waited for.", e);
    }
  }

  /** Whether Flink runs in the launcher's own process, as {@code [local]}. */
  public static boolean isWithinLauncher(String master) {
    return master.startsWith("[");
  }

  private static String reason(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return "there is no such host";
      }
    }
    if (e instanceof ConnectException) {
      return "nothing listens, or it cannot be reached";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static FlinkSite read(String master) throws IOException, InterruptedException {
    FlinkRest rest = new FlinkRest(address(master));
    JsonNode overview = rest.overview();
    Map<String, String> settings = new HashMap<>();
    rest.settings()
        .forEach(one -> settings.put(one.path("key").asText(), one.path("value").asText()));
    long network = Long.MAX_VALUE;
    for (JsonNode worker : rest.taskManagers()) {
      network =
          Math.min(network, worker.path("memoryConfiguration").path("networkMemory").asLong());
    }
    return new FlinkSite(
        overview.path("flink-version").asText(),
        overview.path("taskmanagers").asInt(),
        overview.path("slots-total").asInt(),
        overview.path("slots-available").asInt(),
        network == Long.MAX_VALUE ? 0 : network,
        settings);
  }

  /** As Beam reads it: the port may be missing. */
  private static String address(String master) {
    URI uri = URI.create(master.contains("://") ? master : "http://" + master);
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("that is not a host and a port");
    }
    return uri.getPort() < 0
        ? uri.getScheme() + "://" + uri.getHost() + ":" + REST_PORT
        : uri.toString();
  }

  /** Whether it starts task managers as jobs ask for them, as on Kubernetes and YARN. */
  private boolean isElastic() {
    return settings.keySet().stream()
        .anyMatch(key -> key.equals("kubernetes.cluster-id") || key.startsWith("yarn."));
  }

  private boolean spreadsSlots() {
    return settings.getOrDefault("taskmanager.load-balance.mode", "").equalsIgnoreCase("SLOTS")
        || settings.getOrDefault("cluster.evenly-spread-out-slots", "").equals("true");
  }

  private int slotsEach() {
    return taskManagers > 0 ? Math.max(1, slots / taskManagers) : number(SLOTS, 1);
  }

  /** How many slots a job can get; a cluster that grows may be told where to stop. */
  private int mostSlots() {
    return isElastic() ? Math.max(slots, number(MOST_SLOTS, Integer.MAX_VALUE)) : slots;
  }

  /** How many task managers a job of so many subtasks can be on. */
  public int mostTaskManagers(int parallelism) {
    int there = isElastic() ? Integer.MAX_VALUE : Math.max(1, taskManagers);
    return Math.min(parallelism, there);
  }

  /**
   * All slots but those of one task manager, whose loss the job then survives, and as many on each
   * task manager that is used; at least one. Where task managers are started for jobs: what two
   * have, or more if more are there.
   */
  public int fittingParallelism() {
    int spare = taskManagers > 1 ? slots / taskManagers : 0;
    int fitting = Math.max(1, slots - spare);
    if (isElastic()) {
      return Math.min(Math.max(2 * slotsEach(), fitting), mostSlots());
    }
    return fitting > taskManagers ? fitting - fitting % Math.max(1, taskManagers) : fitting;
  }

  /**
   * Whether it can take a job.
   *
   * @param parallelism subtasks of the job
   * @param byBytes whether Flink is to choose how many subtasks each step has
   * @return what a person should know
   * @throws UsageException when it cannot
   */
  public List<String> check(int parallelism, boolean byBytes) {
    if (!version.startsWith(RELEASE + ".")) {
      throw new UsageException(
          "The cluster has Flink " + version + "; this job is built for Flink " + RELEASE + ".");
    }
    if (isElastic() && parallelism > mostSlots()) {
      throw new UsageException(
          String.format(
              "--parallelism=%d needs as many slots, but this cluster may have %d (%s). Give %d or"
                  + " less, or raise that. Elements in flight are --maxInFlight for each task"
                  + " manager, however many slots it has.",
              parallelism, mostSlots(), MOST_SLOTS, mostSlots()));
    }
    if (!isElastic() && parallelism > slots) {
      throw new UsageException(
          String.format(
              "--parallelism=%d needs as many slots, but the cluster has %d (%d task managers)."
                  + " Give %d or less, more task managers, or more slots in"
                  + " taskmanager.numberOfTaskSlots. Elements in flight are --maxInFlight for each"
                  + " task manager, however many slots it has.",
              parallelism, slots, taskManagers, Math.max(1, slots)));
    }
    if (parallelism > freeSlots && !isElastic()) {
      throw new UsageException(
          String.format(
              "--parallelism=%d needs as many free slots, but only %d of %d are free: another job"
                  + " is at work. Wait for it, or give %d or less.",
              parallelism, freeSlots, slots, freeSlots));
    }
    checkNetwork();
    return notices(parallelism, byBytes);
  }

  /** After the loss of a task manager all subtasks may stand on another. */
  private void checkNetwork() {
    int buffers = number(MIN_BUFFERS, USUAL_MIN_BUFFERS);
    long least = (long) buffers * SHUFFLES * slotsEach() * BUFFER_BYTES;
    if (networkBytes > 0 && networkBytes <= least) {
      throw new UsageException(
          String.format(
              "A task manager of %d slots has %d MiB of network memory; the shuffles of this job"
                  + " take more than %d. Raise taskmanager.memory.network.min and"
                  + " taskmanager.memory.network.max, or lower"
                  + " %s (now %d), in the cluster's configuration.",
              slotsEach(), networkBytes >> 20, least >> 20, MIN_BUFFERS, buffers));
    }
  }

  private int number(String key, int usual) {
    try {
      return Integer.parseInt(settings.getOrDefault(key, "" + usual));
    } catch (NumberFormatException e) {
      return usual;
    }
  }

  private List<String> notices(int parallelism, boolean byBytes) {
    List<String> notices = new ArrayList<>();
    if (parallelism > freeSlots) {
      notices.add(
          String.format(
              "%d slots are free of the %d that --parallelism asks for: this cluster is expected to"
                  + " start task managers for the rest.",
              freeSlots, parallelism));
    }
    if (taskManagers > 1 && parallelism < slots && !spreadsSlots()) {
      notices.add(
          "This cluster fills one task manager before it takes the next, so that some may have no"
              + " element: set taskmanager.load-balance.mode: SLOTS in its configuration.");
    }
    if (byBytes && parallelism > 1) {
      notices.add(
          "Flink will choose parallelism by bytes, and put all elements on one subtask: set "
              + LauncherConf.ADAPTIVE
              + ": false in the configuration of --flinkConfDir or FLINK_CONF_DIR here, or leave out"
              + " --useDataStreamForBatch.");
    }
    String strategy =
        settings.getOrDefault(
            "restart-strategy.type", settings.getOrDefault("restart-strategy", "none"));
    if (strategy.equals("none") || strategy.equals("disable") || strategy.equals("off")) {
      notices.add(
          "This cluster has no restart strategy: the loss of a task manager fails the job. Set"
              + " restart-strategy.type: fixed-delay in its configuration.");
    } else if (!isElastic() && taskManagers > 1 && parallelism > fittingParallelism()) {
      notices.add(
          "No slots are spare for the loss of a task manager; with --parallelism="
              + fittingParallelism()
              + " the job would survive it.");
    }
    return notices;
  }
}
