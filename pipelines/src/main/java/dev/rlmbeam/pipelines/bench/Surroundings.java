package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What figures depend on. Immutable.
 *
 * @param isolation what stands between the code and this machine
 * @param load of the machine in the minute before; negative where it is not known
 * @param commit of the checkout that it was built from, if it runs from one
 */
record Surroundings(
    String isolation,
    int cores,
    double load,
    String java,
    String python,
    Instant date,
    Optional<String> commit) {

  static Surroundings of(BenchSite site) throws InterruptedException {
    return new Surroundings(
        site.sandboxes().describe(),
        Runtime.getRuntime().availableProcessors(),
        loadNow(),
        Runtime.version().toString(),
        python(site),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        findCommit());
  }

  static double loadNow() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String python(BenchSite site) throws InterruptedException {
    SessionPool.Request request =
        new SessionPool.Request("bench", List.of(), "bench", Duration.ofMinutes(1));
    try (SessionPool pool = SessionPool.over(site.sandboxes(), PoolOptions.defaults());
        ReplSession session = pool.open(request, Python.noModel())) {
      return Python.run(session, "import platform; print(platform.python_version())").strip();
    }
  }

  private static Optional<String> findCommit() throws InterruptedException {
    Optional<Path> checkout = checkout();
    if (checkout.isEmpty()) {
      return Optional.empty();
    }
    ProcessBuilder git =
        new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*")
            .directory(checkout.get().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = git.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(5, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? Optional.of(said.strip()) : Optional.empty();
    } catch (IOException e) {
      // There is no git: the figures stand without a commit.
      return Optional.empty();
    }
  }

  /** The folder above this program that has a launcher and a history. */
  private static Optional<Path> checkout() {
    Path place;
    try {
      place =
          Path.of(Surroundings.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class comes from a folder or a jar", e);
    }
    for (Path folder = place; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("rlm")) && Files.exists(folder.resolve(".git"))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }
}
