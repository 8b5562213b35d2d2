package dev.rlmbeam.transforms.model.testing;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.model.ModelRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScriptedModelTest {

  @Test
  void saysItsAnswersInOrderAndRemembersWhatItWasAsked() throws InterruptedException {
    ScriptedModel model = ScriptedModel.saying("m", "one", "two");

    assertThat(model.generate(asking("a")).text()).isEqualTo("one");
    assertThat(model.generate(asking("b")).text()).isEqualTo("two");
    ModelException e = assertThrows(ModelException.class, () -> model.generate(asking("c")));

    assertThat(e.kind()).isEqualTo(Kind.BAD_RESPONSE);
    assertThat(e).hasMessageThat().contains("2 answers");
    assertThat(model.calls()).isEqualTo(3);
    assertThat(model.requests()).containsExactly(asking("a"), asking("b"), asking("c")).inOrder();
  }

  @Test
  void keepsOnlyTheNewestRequests() throws InterruptedException {
    ScriptedModel model = ScriptedModel.answering("m", request -> "x");
    for (int i = 0; i < ScriptedModel.MAX_KEPT_REQUESTS + 5; i++) {
      model.generate(asking("q" + i));
    }

    assertThat(model.requests()).hasSize(ScriptedModel.MAX_KEPT_REQUESTS);
    assertThat(model.requests().get(0)).isEqualTo(asking("q5"));
    assertThat(model.calls()).isEqualTo(ScriptedModel.MAX_KEPT_REQUESTS + 5);
  }

  @Test
  void countsCallsThatAreUnderWayTogether() throws InterruptedException, ExecutionException {
    CyclicBarrier all = new CyclicBarrier(5);
    ScriptedModel model =
        ScriptedModel.answering(
            "m",
            request -> {
              try {
                all.await();
              } catch (java.util.concurrent.BrokenBarrierException e) {
                throw new IllegalStateException(e);
              }
              return "x";
            });
    ExecutorService callers = Executors.newFixedThreadPool(5);
    try {
      List<Future<?>> calls =
          java.util.stream.Stream.generate(() -> callers.submit(() -> model.generate(asking("a"))))
              .limit(5)
              .collect(java.util.stream.Collectors.toList());
      for (Future<?> call : calls) {
        call.get();
      }
    } finally {
      callers.shutdownNow();
    }

    assertThat(model.peakInFlight()).isEqualTo(5);
    assertThat(model.inFlight()).isEqualTo(0);
  }

  @Test
  void aLatencyAboveTheTimeoutIsATimeout() {
    ScriptedModel model =
        ScriptedModel.answering("m", request -> "x").withLatency(Duration.ofHours(1));
    ModelRequest request = new ModelRequest(List.of(ChatMessage.user("a")), Duration.ofMillis(1));

    ModelException e = assertThrows(ModelException.class, () -> model.generate(request));

    assertThat(e.kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void itsFactoryLeadsBackToItThroughSerialisation()
      throws IOException, ClassNotFoundException, InterruptedException {
    ScriptedModel model = ScriptedModel.answering("m", request -> "x");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(model.factory());
    }

    ModelFactory copy =
        (ModelFactory)
            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    try (LanguageModel made = copy.create()) {
      made.generate(asking("a"));
    }

    assertThat(copy.modelName()).isEqualTo("m");
    assertThat(model.calls()).isEqualTo(1);
  }

  private static ModelRequest asking(String text) {
    return new ModelRequest(List.of(ChatMessage.user(text)), Duration.ofSeconds(10));
  }
}
