package dev.rlmbeam.pipelines.bench;

import java.util.List;

/**
 * An element from the wait for its session to the last line of its trajectory: three turns, each
 * with a batch of four sub-calls, and models that answer at once.
 */
final class WholeElement implements Measurement {
  private static final String TURN =
      """
      prompts = [context + " " + str(i) for i in range(4)]
      replies = llm_query_batched(prompts)
      assert replies == ["re: " + prompt for prompt in prompts], replies
      print(replies[0])
      """;
  private static final String LAST =
      TURN
          + """
          answer["content"] = replies[3]
          answer["ready"] = True
          """;

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    try (BenchRig rig = BenchRig.open(site, RootScript.ofBlocks(List.of(TURN, TURN, LAST)))) {
      return Samples.take(
          scale.element(),
          () -> {
            long callsBefore = rig.subCalls();
            long start = System.nanoTime();
            String answer = rig.run();
            long nanos = System.nanoTime() - start;
            if (!answer.startsWith("re: A short context") || rig.subCalls() - callsBefore != 12) {
              throw new IllegalStateException("an element came out wrong: " + answer);
            }
            return nanos;
          });
    }
  }
}
