package dev.rlmbeam.pipelines.flink;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.io.FolderLock;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A session cluster of Flink on this machine: one job manager and some task managers, each a
 * process of its own that goes on when the launcher has ended. All that is known of it stands in
 * its folder.
 */
public final class LocalCluster {
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration STOP = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int LOG_LINES = 15;

  /** Where a cluster is that was given no folder. */
  public static final Path USUAL_FOLDER = Path.of(".flink");

  private final ClusterFiles files;

  /** The cluster of a folder, whether or not it runs. */
  public LocalCluster(Path folder) {
    this.files = new ClusterFiles(folder.toAbsolutePath().normalize());
  }

  /**
   * What runs.
   *
   * @param rest address of its page
   * @param jobManagerPid process that gives out work
   * @param taskManagerPids processes that work, those that still run
   * @param registered how many of them the job manager knows
   * @param slots how many subtasks they take together
   * @param freeSlots how many of these are free
   * @param jobsRunning jobs at work
   * @param log folder of the logs
   */
  public record Status(
      String rest,
      long jobManagerPid,
      List<Long> taskManagerPids,
      int registered,
      int slots,
      int freeSlots,
      int jobsRunning,
      Path log) {}

  /**
   * Starts the cluster and waits until all of its task managers are there.
   *
   * @throws UsageException when one runs already, when a port is taken, when it does not come up
   */
  public Status up(ClusterSettings settings, FlinkParts parts)
      throws IOException, InterruptedException {
    Optional<FolderLock> taken = FolderLock.take(files.folder());
    if (taken.isEmpty()) {
      throw new UsageException(
          "A cluster is being started from "
              + files.folder()
              + " just now.\nWait for it, or give another --folder.");
    }
    try (FolderLock lock = taken.get()) {
      return start(settings, parts);
    }
  }

  private Status start(ClusterSettings settings, FlinkParts parts)
      throws IOException, InterruptedException {
    Optional<ClusterState> earlier = ClusterState.read(files.state());
    if (earlier.isPresent() && earlier.get().anyAlive()) {
      requireManager(earlier.get());
      throw new UsageException(
          "A cluster runs from "
              + files.folder()
              + " already: "
              + earlier.get().rest()
              + ".\nStop it with ./rlm flink down, or give another --folder.");
    }
    clear();
    int restPort = settings.restPort() == 0 ? freePort() : settings.restPort();
    requireFree(restPort);
    files.write(settings, restPort, freePort());
    ClusterStart start = new ClusterStart(files, settings, parts);
    List<ClusterProcess> workers = new ArrayList<>();
    Optional<ClusterState> begun = Optional.empty();
    try {
      ClusterProcess manager = start.jobManager();
      String rest = "http://127.0.0.1:" + restPort;
      // Known from now on, so that whoever interrupts this can still stop it.
      begun = Optional.of(new ClusterState(rest, manager, workers));
      begun.get().write(files.state());
      for (int number = 1; number <= settings.taskManagers(); number++) {
        workers.add(start.taskManager(number));
        begun = Optional.of(new ClusterState(rest, manager, workers));
        begun.get().write(files.state());
      }
      return awaitAll(begun.get(), settings);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (begun.isPresent()) {
        end(begun.get());
      }
      throw e;
    }
  }

  /** Where the cluster of a folder answers, host and port, if one runs. */
  public static Optional<String> address(Path folder) {
    try {
      return ClusterState.read(new ClusterFiles(folder).state())
          .filter(state -> state.jobManager().alive())
          .map(state -> state.rest().replaceFirst("^http://", ""));
    } catch (IOException e) {
      return Optional.empty(); // cut off, or somebody else's
    }
  }

  /**
   * What runs now.
   *
   * @return nothing when no cluster runs from this folder
   * @throws UsageException when only a part of it is left
   */
  public Optional<Status> status() throws IOException, InterruptedException {
    Optional<ClusterState> state = ClusterState.read(files.state());
    if (state.isEmpty() || !state.get().anyAlive()) {
      return Optional.empty();
    }
    requireManager(state.get());
    JsonNode overview = new FlinkRest(state.get().rest()).overview();
    return Optional.of(status(state.get(), overview));
  }

  private void requireManager(ClusterState state) {
    if (!state.jobManager().alive()) {
      throw new UsageException(
          "Only task managers are left of the cluster that was started from "
              + files.folder()
              + "; its job manager has ended, and its log is in "
              + files.log()
              + ".\nStop them with ./rlm flink down, then start anew.");
    }
  }

  /**
   * Stops the cluster; jobs that run are lost, their sandboxes end.
   *
   * @return whether anything ran
   */
  public boolean down() throws IOException, InterruptedException {
    Optional<ClusterState> state = ClusterState.read(files.state());
    boolean ran = state.isPresent() && state.get().anyAlive();
    if (state.isPresent()) {
      end(state.get());
    }
    return ran;
  }

  private void end(ClusterState state) throws IOException, InterruptedException {
    // All at once: a job is not begun anew, and paid anew, on those that are left for a while.
    state.all().forEach(ClusterProcess::ask);
    for (ClusterProcess each : state.all()) {
      each.end(STOP);
    }
    clear();
  }

  /** What only a cluster that runs needs; logs stay. */
  private void clear() throws IOException {
    Files.deleteIfExists(files.state());
    if (Files.exists(files.temporary())) {
      try (Stream<Path> inside = Files.walk(files.temporary())) {
        for (Path each : inside.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  private Status status(ClusterState state, JsonNode overview) {
    return new Status(
        state.rest(),
        state.jobManager().pid(),
        state.taskManagers().stream()
            .filter(ClusterProcess::alive)
            .map(ClusterProcess::pid)
            .toList(),
        overview.path("taskmanagers").asInt(),
        overview.path("slots-total").asInt(),
        overview.path("slots-available").asInt(),
        overview.path("jobs-running").asInt(),
        files.log());
  }

  private Status awaitAll(ClusterState state, ClusterSettings settings)
      throws IOException, InterruptedException {
    FlinkRest rest = new FlinkRest(state.rest());
    long deadline = System.nanoTime() + START.toNanos();
    IOException last = new IOException("it does not answer");
    while (System.nanoTime() - deadline < 0) {
      if (!state.all().stream().allMatch(ClusterProcess::alive)) {
        throw failed("One of its processes has ended");
      }
      try {
        JsonNode overview = rest.overview();
        // A task manager is known before its slots are.
        if (overview.path("slots-total").asInt() == settings.taskManagers() * settings.slots()) {
          return status(state, overview);
        }
      } catch (IOException e) {
        last = e; // it is not there yet
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
    throw failed("It is not there after " + START.toSeconds() + " s (" + last.getMessage() + ")");
  }

  private UsageException failed(String what) throws IOException {
    return new UsageException(
        "Flink did not start. " + what + "; the last lines of its logs:\n" + lastLines());
  }

  private String lastLines() throws IOException {
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> logs = Files.list(files.log())) {
      for (Path each : logs.sorted().toList()) {
        List<String> all = Files.readAllLines(each);
        if (!all.isEmpty()) {
          lines.append("--- ").append(each).append('\n');
          all.subList(Math.max(0, all.size() - LOG_LINES), all.size())
              .forEach(line -> lines.append(line).append('\n'));
        }
      }
    }
    return lines.toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      socket.setReuseAddress(true);
    } catch (IOException e) {
      throw new UsageException(
          "--restPort="
              + port
              + " is taken ("
              + e.getMessage()
              + "). Give another, or 0 for any that is free.",
          e);
    }
  }
}
