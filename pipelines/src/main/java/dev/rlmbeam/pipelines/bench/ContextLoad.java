package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An element with a large context that is named by a path, as {@code --contextUriField} names it,
 * and one code block, in which its SHA-256 and its length are computed.
 *
 * @param bytes of random text
 */
record ContextLoad(long bytes) implements Measurement {
  private static final String CHECK =
      """
      import hashlib
      digest = hashlib.sha256()
      for i in range(0, len(context), 1 << 20):
          digest.update(context[i : i + (1 << 20)].encode())
      answer["content"] = f"{digest.hexdigest()} {len(context)}"
      answer["ready"] = True
      """;

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    Samples.Plan plan = scale.contexts(bytes);
    try (BenchModels models =
        BenchModels.start(RootScript.ofBlocks(List.of(CHECK)), Duration.ZERO)) {
      RandomText random = RandomText.write(site.resolve("random.txt"), bytes, 1);
      try {
        List<RlmTask> tasks = new ArrayList<>();
        // So that the sandbox is there, even where the context itself has no warm-up.
        tasks.add(RlmTask.of("sandbox", "Measure.", "A short context."));
        for (int i = 0; i < plan.warmUps() + plan.samples(); i++) {
          // The same file each time: nobody knows its hash before it is read to its end.
          RlmContext context = RlmContext.at(random.file().toString());
          tasks.add(new RlmTask("context-" + i, "Measure.", context, ""));
        }
        return ElementSeries.take(
            site, models, tasks, 1 + plan.warmUps(), result -> check(random, result));
      } finally {
        Files.delete(random.file());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the text of the bench cannot be written", e);
    }
  }

  private static void check(RandomText random, RlmResult result) {
    String expected = random.sha256() + " " + random.codePoints();
    if (!result.answer().equals(expected)) {
      throw new IllegalStateException(
          "the context was " + expected + " but came as " + result.answer());
    }
  }
}
