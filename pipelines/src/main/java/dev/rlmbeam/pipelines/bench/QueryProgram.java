package dev.rlmbeam.pipelines.bench;

import java.time.Duration;
import java.util.List;

/**
 * Sub-calls as a session's code sees them: a whole RLM whose one code block takes the time of each
 * round and checks every reply.
 */
enum QueryProgram implements Measurement {
  /** One call a round, and a model that answers at once. */
  ONE_BY_ONE(
      1,
      Duration.ZERO,
      """
      def ask():
          return [llm_query(prompt) for prompt in prompts]
      """),
  /** 64 calls a round, each in a thread of its own. */
  THREADS(
      64,
      Duration.ofMillis(50),
      """
      import threading
      def ask():
          replies = [None] * len(prompts)
          def one(i):
              replies[i] = llm_query(prompts[i])
          threads = [threading.Thread(target=one, args=(i,)) for i in range(len(prompts))]
          for thread in threads:
              thread.start()
          for thread in threads:
              thread.join()
          return replies
      """),
  /** 64 prompts a round in one batch, which the worker makes 64 calls of. */
  BATCH(
      64,
      Duration.ofMillis(50),
      """
      def ask():
          return llm_query_batched(prompts)
      """);

  private final int calls;
  private final Duration latency;
  private final String ask;

  QueryProgram(int calls, Duration latency, String ask) {
    this.calls = calls;
    this.latency = latency;
    this.ask = ask;
  }

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    Samples.Plan plan = calls == 1 ? scale.small() : scale.rounds();
    String program = ask + rounds(plan);
    RootScript script = RootScript.ofBlocks(List.of(program));
    try (BenchRig rig = BenchRig.open(site, script, latency)) {
      Samples samples = Python.samples(rig.run());
      long expected = (long) calls * (plan.warmUps() + samples.values().size());
      if (rig.subCalls() != expected) {
        throw new IllegalStateException(
            "the model was to be called " + expected + " times, and was " + rig.subCalls());
      }
      return samples;
    }
  }

  private String rounds(Samples.Plan plan) {
    return String.format(
        """
        import json, time
        prompts = ["prompt %%d" %% i for i in range(%d)]
        expected = ["re: " + prompt for prompt in prompts]
        samples = []
        end = time.monotonic() + %d
        for number in range(%d):
            start = time.perf_counter()
            replies = ask()
            elapsed = time.perf_counter() - start
            assert replies == expected, replies
            if number >= %d:
                samples.append(elapsed)
                if time.monotonic() > end:
                    break
        answer["content"] = json.dumps(samples)
        answer["ready"] = True
        """,
        calls, plan.budget().toSeconds(), plan.warmUps() + plan.samples(), plan.warmUps());
  }
}
