package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.sandbox.repl.ReplSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A large context, streamed from files as {@code run} does it with files: from the start of the
 * upload into a warm sandbox to the end of the first block, in which its SHA-256 and its length are
 * computed.
 *
 * @param fileBytes of a file of random text
 * @param copies of it, one after the other
 */
record ContextLoad(long fileBytes, int copies) implements Measurement {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String CHECK =
      """
      import hashlib
      digest = hashlib.sha256()
      for i in range(0, len(context), 1 << 20):
          digest.update(context[i : i + (1 << 20)].encode())
      print(digest.hexdigest(), len(context))
      """;

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    AtomicInteger number = new AtomicInteger();
    PoolOptions options = PoolOptions.defaults().withContextCacheMib(0);
    try (SessionPool pool = SessionPool.over(site.sandboxes(), options)) {
      RandomText random = RandomText.write(site.resolve("random.txt"), fileBytes, 1);
      try {
        openSession(pool, List.of()).close();
        return Samples.take(
            scale.contexts(fileBytes * copies),
            () -> load(pool, random.text(copies, number.incrementAndGet())));
      } finally {
        Files.delete(random.file());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the text of the bench cannot be written or read", e);
    }
  }

  private static long load(SessionPool pool, RandomText.Text text) throws InterruptedException {
    String expected;
    try {
      expected = text.sha256() + " " + text.codePoints();
    } catch (IOException e) {
      throw new UncheckedIOException("the text of the bench cannot be read", e);
    }
    long start = System.nanoTime();
    try (ReplSession session = openSession(pool, List.of(new Streamed(text)))) {
      String seen = Python.run(session, CHECK).strip();
      long nanos = System.nanoTime() - start;
      if (!seen.equals(expected)) {
        throw new IllegalStateException("the context was " + expected + " but came as " + seen);
      }
      return nanos;
    }
  }

  private static ReplSession openSession(SessionPool pool, List<ContextSource> contexts)
      throws InterruptedException {
    SessionPool.Request request = new SessionPool.Request("bench", contexts, "bench", PATIENCE);
    return pool.open(request, Python.noModel());
  }

  /** As a context that is read from a URI: nobody knows its hash before the end. */
  private record Streamed(RandomText.Text text) implements ContextSource {
    @Override
    public String name() {
      return "context";
    }

    @Override
    public Type type() {
      return Type.TEXT;
    }

    @Override
    public Optional<String> sha256() {
      return Optional.empty();
    }

    @Override
    public String place() {
      return text.random().file().toString();
    }

    @Override
    public InputStream open() throws IOException {
      return text.open();
    }
  }
}
