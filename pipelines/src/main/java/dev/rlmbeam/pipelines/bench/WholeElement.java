package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.RlmTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An element by the whole way of a run: three turns, each with a batch of four sub-calls, and
 * models that answer at once.
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

  private static final int SUB_CALLS = 12;

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    Samples.Plan plan = scale.element();
    List<RlmTask> tasks = new ArrayList<>();
    for (int i = 0; i < plan.warmUps() + plan.samples(); i++) {
      // Another text each time; one that is known already would not be uploaded.
      tasks.add(RlmTask.of("element-" + i, "Measure.", "A short context, number " + i + "."));
    }
    RootScript script = RootScript.ofBlocks(List.of(TURN, TURN, LAST));
    try (BenchModels models = BenchModels.start(script, Duration.ZERO)) {
      Samples samples =
          ElementSeries.take(site, models, tasks, plan.warmUps(), WholeElement::check);
      long expected = (long) SUB_CALLS * tasks.size();
      if (models.subCalls() != expected) {
        throw new IllegalStateException(
            "the model was to be called " + expected + " times, and was " + models.subCalls());
      }
      return samples;
    }
  }

  private static void check(RlmResult result) {
    String number = result.id().substring(result.id().indexOf('-') + 1);
    if (!result.answer().equals("re: A short context, number " + number + ". 3")
        || result.subCalls() != SUB_CALLS) {
      throw new IllegalStateException("an element came out wrong: " + result);
    }
  }
}
