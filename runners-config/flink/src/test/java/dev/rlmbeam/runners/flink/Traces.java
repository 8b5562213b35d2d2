package dev.rlmbeam.runners.flink;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.pipelines.flink.FlinkRest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that a job leaves anywhere, while it runs and behind it, as one text to search. */
final class Traces {
  // The job's jar is 69 MB of classes, the same in every job.
  private static final int JAR = 30_000_000;

  private final StringBuilder seen = new StringBuilder();

  void add(String text) {
    seen.append(text);
  }

  String all() {
    return seen.toString();
  }

  /**
   * Looks at the page's interface, the cluster's folder, its processes and the output.
   *
   * @param up what the cluster said when it was started
   */
  void look(JsonNode up, Path output) throws IOException, InterruptedException {
    FlinkRest rest = new FlinkRest(up.path("rest").asText());
    for (JsonNode job : rest.jobs()) {
      String base = rest.address() + "/jobs/" + job.path("jid").asText();
      for (String path : List.of("", "/config", "/plan", "/exceptions", "/accumulators")) {
        add(FlinkRig.get(base + path));
      }
    }
    add(FlinkRig.get(rest.address() + "/jobmanager/config"));
    // Logs, configuration, and the blobs that were submitted.
    Path cluster = Path.of(up.path("log").asText()).getParent();
    for (Path root : List.of(cluster, output)) {
      Files.walkFileTree(root, new Reading());
    }
    commandLine(up.path("jobManagerPid"));
    for (JsonNode pid : up.path("taskManagerPids")) {
      commandLine(pid);
    }
  }

  private void commandLine(JsonNode pid) throws IOException {
    add(Files.readString(Path.of("/proc", pid.asText(), "cmdline")));
  }

  /** Reads what is there; a file of a moment may be gone since it was listed. */
  private final class Reading extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      add(file + "\n");
      boolean jar = file.getFileName().toString().startsWith("blob_") && attributes.size() > JAR;
      if (!jar) {
        try {
          add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          add(e.toString());
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
