package dev.rlmbeam.pipelines.flink;

import dev.rlmbeam.transforms.RlmTask;
import dev.rlmbeam.transforms.RlmTaskCoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The same number of tasks for each subtask. Beam's Reshuffle gives each element a random key, and
 * on Flink's DataSet way the key's hash chooses the subtask: so their numbers differ as a dice's
 * throws do, and whoever has most ends last. Here tasks are dealt over keys whose subtasks are
 * known.
 */
public final class EvenSpread extends PTransform<PCollection<RlmTask>, PCollection<RlmTask>> {
  private static final Logger log = LoggerFactory.getLogger(EvenSpread.class);
  private static final long serialVersionUID = 1L;
  // Many for each subtask: should a Flink choose otherwise, it is still about even.
  private static final int KEYS_EACH = 64;

  private final int[] keys;

  private EvenSpread(int[] keys) {
    this.keys = keys;
  }

  /**
   * Over a job's subtasks.
   *
   * @param parallelism how many there are
   * @return nothing when there is no Flink here that says which key goes where
   */
  public static Optional<EvenSpread> over(int parallelism) {
    return flinksMix().map(mix -> new EvenSpread(keys(parallelism, mix)));
  }

  /** How many subtasks Flink's own client was told to make, in a program that it runs; else 1. */
  public static int subtasksOfClient() {
    try {
      Class<?> environment = Class.forName("org.apache.flink.api.java.ExecutionEnvironment");
      Object here = environment.getMethod("getExecutionEnvironment").invoke(null);
      return Math.max(1, (int) environment.getMethod("getParallelism").invoke(here));
    } catch (ReflectiveOperationException e) {
      log.debug("Flink does not say how many subtasks it makes", e);
      return 1;
    }
  }

  /**
   * Keys that go to subtask 0, 1, 2 and so on, in turn: that is the remainder of the mixed hash
   * code of the encoded key (Flink's {@code OutputEmitter} and Beam's {@code
   * EncodedValueComparator}).
   *
   * @param mix of a hash code, to a number that is not negative
   */
  static int[] keys(int parallelism, IntUnaryOperator mix) {
    List<List<Integer>> bySubtask = new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      bySubtask.add(new ArrayList<>());
    }
    int found = 0;
    for (int key = 0; found < parallelism * KEYS_EACH; key++) {
      List<Integer> its = bySubtask.get(mix.applyAsInt(hash(key)) % parallelism);
      if (its.size() < KEYS_EACH) {
        its.add(key);
        found++;
      }
    }
    int[] inTurn = new int[found];
    for (int i = 0; i < found; i++) {
      inTurn[i] = bySubtask.get(i % parallelism).get(i / parallelism);
    }
    return inTurn;
  }

  private static int hash(int key) {
    try {
      return Arrays.hashCode(CoderUtils.encodeToByteArray(VarIntCoder.of(), key));
    } catch (CoderException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<IntUnaryOperator> flinksMix() {
    try {
      var mix = Class.forName("org.apache.flink.util.MathUtils").getMethod("murmurHash", int.class);
      return Optional.of(
          hash -> {
            try {
              return (int) mix.invoke(null, hash);
            } catch (ReflectiveOperationException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (ReflectiveOperationException e) {
      log.debug("Flink is not as it was; tasks are spread by chance", e);
      return Optional.empty();
    }
  }

  @Override
  public PCollection<RlmTask> expand(PCollection<RlmTask> tasks) {
    return tasks
        .apply("Deal", ParDo.of(new DealFn(keys)))
        .setCoder(KvCoder.of(VarIntCoder.of(), RlmTaskCoder.of()))
        .apply(Reshuffle.of())
        .apply(Values.create())
        .setCoder(RlmTaskCoder.of());
  }

  static final class DealFn extends DoFn<RlmTask, KV<Integer, RlmTask>> {
    private static final long serialVersionUID = 1L;

    private final int[] keys;
    private transient int next;

    DealFn(int[] keys) {
      this.keys = keys;
    }

    @Setup
    public void setup() {
      // Not all subtasks that deal begin with the same one.
      next = ThreadLocalRandom.current().nextInt(keys.length);
    }

    @ProcessElement
    public void process(@Element RlmTask task, OutputReceiver<KV<Integer, RlmTask>> out) {
      out.output(KV.of(keys[next], task));
      next = (next + 1) % keys.length;
    }
  }
}
