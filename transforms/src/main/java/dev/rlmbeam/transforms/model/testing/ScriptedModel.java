package dev.rlmbeam.transforms.model.testing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A model that says what a test tells it to, in the test's own JVM. Thread-safe.
 *
 * <pre>{@code
 * ScriptedModel model = ScriptedModel.saying("root", "```repl\nprint(1)\n```", "done");
 * ...
 * assertThat(model.requests()).hasSize(2);
 * }</pre>
 */
public final class ScriptedModel implements LanguageModel {

  /** Answers one request. May block, and may throw {@link ModelException}. */
  @FunctionalInterface
  public interface Script {
    String answer(ModelRequest request) throws InterruptedException;
  }

  /** The newest requests that are kept; older ones are only counted. */
  public static final int MAX_KEPT_REQUESTS = 1_000;

  // Factories travel as bytes; what they make lives here, in the JVM of the test.
  private static final Map<String, ScriptedModel> SHARED = new ConcurrentHashMap<>();

  private final String name;
  private final Script script;
  private final Duration latency;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Deque<ModelRequest> requests = new ArrayDeque<>();

  @GuardedBy("lock")
  private long calls;

  @GuardedBy("lock")
  private int inFlight;

  @GuardedBy("lock")
  private int peakInFlight;

  private ScriptedModel(String name, Script script, Duration latency) {
    this.name = name;
    this.script = script;
    this.latency = latency;
  }

  /** Answers each request by a function of it. */
  public static ScriptedModel answering(String name, Script script) {
    return new ScriptedModel(name, script, Duration.ZERO);
  }

  /**
   * Gives these answers, one a call, in this order. A call too many fails with {@link
   * ModelException.Kind#BAD_RESPONSE}.
   */
  public static ScriptedModel saying(String name, String... answers) {
    Iterator<String> rest = List.of(answers).iterator();
    return answering(
        name,
        request -> {
          synchronized (rest) {
            if (!rest.hasNext()) {
              throw new ModelException(
                  ModelException.Kind.BAD_RESPONSE,
                  0,
                  "the script of %s has %d answers; this call is one too many"
                      .formatted(name, answers.length));
            }
            return rest.next();
          }
        });
  }

  /** A copy without history whose calls take this long; default 0. */
  public ScriptedModel withLatency(Duration latency) {
    return new ScriptedModel(name, script, latency);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ModelResponse generate(ModelRequest request) throws InterruptedException {
    synchronized (lock) {
      calls++;
      inFlight++;
      peakInFlight = Math.max(peakInFlight, inFlight);
      requests.addLast(request);
      if (requests.size() > MAX_KEPT_REQUESTS) {
        requests.removeFirst();
      }
    }
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(latency.toNanos(), request.timeout().toNanos()));
      if (latency.compareTo(request.timeout()) > 0) {
        throw new ModelException(
            ModelException.Kind.TIMEOUT,
            0,
            name + " takes " + latency + ", but had only " + request.timeout());
      }
      String answer = script.answer(request);
      return new ModelResponse(answer, usage(request, answer), false);
    } finally {
      synchronized (lock) {
        inFlight--;
      }
    }
  }

  /** About four characters a token, as real ones have in English. */
  private static ModelUsage usage(ModelRequest request, String answer) {
    long characters = 0;
    for (var message : request.messages()) {
      characters += message.content().length();
    }
    return new ModelUsage(1, (characters + 3) / 4, (answer.length() + 3) / 4, null);
  }

  /**
   * A factory whose every model is this one, also after it went through serialisation in this JVM.
   * Closing such a model does nothing to this one.
   */
  public ModelFactory factory() {
    String id = UUID.randomUUID().toString();
    SHARED.put(id, this);
    return new SharedFactory(id, name);
  }

  /** The newest requests, oldest first, at most {@link #MAX_KEPT_REQUESTS}. */
  public List<ModelRequest> requests() {
    synchronized (lock) {
      return List.copyOf(requests);
    }
  }

  /** Calls so far. */
  public long calls() {
    synchronized (lock) {
      return calls;
    }
  }

  /** Calls under way now. */
  public int inFlight() {
    synchronized (lock) {
      return inFlight;
    }
  }

  /** The most calls that were under way at once. */
  public int peakInFlight() {
    synchronized (lock) {
      return peakInFlight;
    }
  }

  private record SharedFactory(String id, String modelName) implements ModelFactory {
    @Override
    public String service() {
      return "scripted";
    }

    @Override
    public LanguageModel create() {
      ScriptedModel model = SHARED.get(id);
      if (model == null) {
        throw new IllegalStateException(
            "the scripted model " + modelName + " lives in another JVM; use ModelServer there");
      }
      return model;
    }
  }
}
