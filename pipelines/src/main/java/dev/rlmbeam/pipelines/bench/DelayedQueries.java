package dev.rlmbeam.pipelines.bench;

import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sub-calls from a sandbox that is 20 ms away, each way. All sessions are in one sandbox, so that
 * they share its one stream of events; each asks one after the other, and all at the same time.
 *
 * @param sessions that ask at the same time
 */
record DelayedQueries(int sessions) implements Measurement {
  private static final Duration DELAY = Duration.ofMillis(20);
  private static final int WARM_UPS = 3;
  private static final Duration MEETING = Duration.ofMillis(1500);

  @Override
  public Samples take(BenchSite site, Scale scale) throws InterruptedException {
    PoolOptions options = PoolOptions.defaults().withBounds(sessions, 1);
    RootScript script = new Meeting(program(scale.delayed()));
    ExecutorService elements = Executors.newFixedThreadPool(sessions);
    try (BenchRig rig =
        BenchRig.open(
            site, new DelayedSandboxes(site.sandboxes(), DELAY), options, script, Duration.ZERO)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        answers.add(elements.submit(rig::run));
      }
      List<Double> all = new ArrayList<>();
      for (Future<String> answer : answers) {
        all.addAll(Python.samples(answer.get()).values());
      }
      long expected = all.size() + (long) WARM_UPS * sessions;
      if (rig.subCalls() != expected) {
        throw new IllegalStateException(
            "the model was to be called " + expected + " times, and was " + rig.subCalls());
      }
      return new Samples(all);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an RLM of the bench failed", e.getCause());
    } finally {
      elements.shutdownNow();
    }
  }

  private static String program(Duration time) {
    return String.format(
        """
        import json, time
        samples = []
        end = time.monotonic() + %d / 1000
        while time.monotonic() < end:
            start = time.perf_counter()
            reply = llm_query("prompt")
            elapsed = time.perf_counter() - start
            assert reply == "re: prompt", reply
            samples.append(elapsed)
        answer["content"] = json.dumps(samples[%d:])
        answer["ready"] = True
        """,
        time.toMillis(), WARM_UPS);
  }

  /**
   * The second reply comes at the same moment to all, a while after the first of them has asked for
   * it. Read on the model server's one thread.
   */
  private static final class Meeting implements RootScript {
    private final String program;
    private long meetingNanos;

    Meeting(String program) {
      this.program = program;
    }

    @Override
    public ServerReply reply(int turn) {
      if (turn == 1) {
        return RootScript.block("x = 1");
      }
      long now = System.nanoTime();
      if (meetingNanos == 0) {
        meetingNanos = now + MEETING.toNanos();
      }
      return RootScript.block(program).after(Duration.ofNanos(Math.max(0, meetingNanos - now)));
    }
  }
}
