package dev.rlmbeam.runners.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a task manager's JVM says of itself, by the JDK's own {@code jcmd}. */
final class TaskManagerProbe {
  private static final Pattern HEAP = Pattern.compile(" used (\\d+)K");
  private static final Pattern METASPACE = Pattern.compile("Metaspace\\s+used (\\d+)K");
  // Instances, bytes, class.
  private static final Pattern LOADERS =
      Pattern.compile(
          "\\s(\\d+)\\s+\\d+\\s+org\\.apache\\.flink\\.util\\.ChildFirstClassLoader\\b");
  private static final Pattern OURS =
      Pattern.compile(
          "^\"(rlm-|tunnel-|sandbox-|model-|session-|modal-)[^\"]*\"", Pattern.MULTILINE);

  private final long pid;

  TaskManagerProbe(long pid) {
    this.pid = pid;
  }

  /** Heap in use now, in MiB; garbage included. */
  double heapMib() throws IOException, InterruptedException {
    String said = jcmd("GC.heap_info");
    int end = said.indexOf("Metaspace");
    Matcher used = HEAP.matcher(end < 0 ? said : said.substring(0, end));
    double kib = 0;
    while (used.find()) {
      kib += Double.parseDouble(used.group(1));
    }
    return kib / 1024;
  }

  /** Metaspace in use after a collection of garbage, in MiB. */
  double metaspaceMib() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher used = METASPACE.matcher(jcmd("GC.heap_info"));
    return used.find() ? Double.parseDouble(used.group(1)) / 1024 : -1;
  }

  /** Class loaders of jobs that are alive after a collection of garbage. */
  int jobClassLoaders() throws IOException, InterruptedException {
    Matcher found = LOADERS.matcher(jcmd("GC.class_histogram"));
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  /** The names of threads of ours. */
  List<String> threads() throws IOException, InterruptedException {
    return OURS.matcher(jcmd("Thread.print")).results().map(found -> found.group()).toList();
  }

  /** Waits until no thread of ours is left. */
  void awaitNoThreads(Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    List<String> left = threads();
    while (!left.isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("after " + limit + " there still are " + left);
      }
      TimeUnit.MILLISECONDS.sleep(500);
      left = threads();
    }
  }

  /** Waits until no more of these than so many are alive. */
  void awaitJobClassLoaders(int most, Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    int alive = jobClassLoaders();
    while (alive > most) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("after " + limit + " there still are " + alive + " class loaders");
      }
      TimeUnit.SECONDS.sleep(2);
      alive = jobClassLoaders();
    }
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(pid),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("jcmd " + pid + " " + command + ": " + said);
    }
    return said;
  }
}
