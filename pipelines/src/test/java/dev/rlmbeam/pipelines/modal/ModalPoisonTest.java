package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.testing.ModelCall;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * An element that kills its sandbox each time: as soon as its code asks the sub-model, Modal ends
 * the sandbox that it runs in, and whoever else runs there goes down with it.
 */
@Timeout(300)
final class ModalPoisonTest {
  private static final int OTHERS = 20;
  private static final String POISON = "poison";

  /** Asks the sub-model what stands in the context. */
  private static final String CODE =
      "```repl\nanswer['content'] = llm_query(context)\nanswer['ready'] = True\n```";

  private final ExecutorService killer = Executors.newSingleThreadExecutor();

  /** Sandboxes that were ended because the element asked. */
  private final List<String> killed = new CopyOnWriteArrayList<>();

  private final CompletableFuture<Void> firstKilled = new CompletableFuture<>();
  private @TempDir Path folder;
  private ModalEmulator emulator;
  private ModalCommand command;
  private RunOutput run;

  @BeforeEach
  void setUp() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    command = new ModalCommand(emulator, folder);
    run = new RunOutput(folder.resolve("run"));
  }

  @AfterEach
  void tearDown() {
    killer.shutdownNow();
    emulator.close();
  }

  private ServerReply poisoned(ModelCall call) {
    if (call.messages().get(0).role() == ChatMessage.Role.SYSTEM) {
      return ServerReply.text(CODE);
    }
    if (call.lastMessage().contains(POISON)) {
      killer.execute(this::killItsSandbox);
      return ServerReply.never();
    }
    // So that its neighbours are in the middle of something when the first sandbox ends.
    return ServerReply.text("re: " + call.lastMessage()).once(firstKilled);
  }

  private static ServerReply harmless(ModelCall call) {
    return call.messages().get(0).role() == ChatMessage.Role.SYSTEM
        ? ServerReply.text(CODE)
        : ServerReply.text("re: " + call.lastMessage());
  }

  private void killItsSandbox() {
    try (ModalSweep sweep = command.sweep()) {
      String newest = "";
      for (RunOutput.Session session : run.sessions()) {
        newest = session.task().equals(POISON) ? session.sandbox() : newest;
      }
      if (killed.isEmpty()) {
        awaitNeighbour(newest);
      }
      killed.add(newest);
      sweep.terminate(new ModalSweep.Found(newest, Instant.EPOCH, Map.of()));
      firstKilled.complete(null);
    } catch (IOException e) {
      firstKilled.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitNeighbour(String sandbox) throws IOException, InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (neighbours(sandbox) == 0 && System.nanoTime() - end < 0) {
      Thread.sleep(20);
    }
  }

  private ModalCommand.Outcome answer(ModelServer model) throws Exception {
    List<String> rows = new ArrayList<>();
    rows.add("{\"id\":\"poison\",\"query\":\"q\",\"context\":\"poison\"}");
    for (int i = 0; i < OTHERS; i++) {
      rows.add(String.format("{\"id\":\"r%d\",\"query\":\"q\",\"context\":\"text %d\"}", i, i));
    }
    Path input = Files.write(folder.resolve("rows.jsonl"), rows);
    List<String> arguments = command.withSandboxes("run", run.folder(), "--input=" + input);
    arguments.addAll(List.of("--model=openai/scripted", "--modelBaseUrl=" + model.baseUrl()));
    arguments.addAll(List.of("--maxSandboxes=6", "--maxInFlight=" + (OTHERS + 1)));
    return command.rlm(arguments.toArray(String[]::new));
  }

  private void assertAnswered(int count, String output) throws IOException {
    TreeSet<String> ids = new TreeSet<>();
    for (JsonNode result : run.results()) {
      String id = result.path("id").asText();
      assertWithMessage("%s twice", id).that(ids.add(id)).isTrue();
      String text = id.equals(POISON) ? POISON : "text " + id.substring(1);
      assertThat(result.path("answer").asText()).isEqualTo("re: " + text);
    }
    assertWithMessage(output).that(ids).hasSize(count);
  }

  @Test
  void endsAsAFailureAfterThreeSandboxesAndTheOthersAreAnswered() throws Exception {
    ModalCommand.Outcome outcome;
    try (ModelServer model = ModelServer.start(this::poisoned)) {
      outcome = answer(model);
    }

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0); // 1 of 21 failed
    assertAnswered(OTHERS, outcome.output());
    assertThat(run.failures()).hasSize(1);
    JsonNode failure = run.failures().get(0);
    assertThat(failure.path("id").asText()).isEqualTo(POISON);
    assertThat(failure.path("errorClass").asText()).isEqualTo("SANDBOX_LOST");
    assertThat(failure.path("attempts").asInt()).isEqualTo(3);
    assertThat(killed).containsNoDuplicates();
    assertThat(killed).hasSize(3);
    assertThat(
            run.sessions().stream()
                .filter(session -> session.task().equals(POISON))
                .map(RunOutput.Session::sandbox))
        .containsExactlyElementsIn(killed)
        .inOrder();
    assertThat(neighbours(killed.get(0))).isAtLeast(1);
    assertThat(neighbours(killed.get(1))).isEqualTo(0);
    assertThat(neighbours(killed.get(2))).isEqualTo(0);
    assertThat(emulator.runningSandboxes()).isEmpty();
    Proof.line(
        "an element that kills its sandbox each time: %s after %d sandboxes; %d neighbours in the"
            + " first, none later; %d of %d others answered, %d of them begun anew, %.1f s",
        failure.path("errorClass").asText(),
        killed.size(),
        neighbours(killed.get(0)),
        run.results().size(),
        OTHERS,
        run.summary().path("retried").asInt() - 1,
        outcome.seconds());
  }

  private long neighbours(String sandbox) throws IOException {
    return run.sessions().stream()
        .filter(session -> session.sandbox().equals(sandbox) && !session.task().equals(POISON))
        .count();
  }

  @Test
  @EnabledIfSystemProperty(named = Proof.PROPERTY, matches = "true")
  void isAnsweredLikeTheOthersWhereNothingKills() throws Exception {
    ModalCommand.Outcome outcome;
    try (ModelServer model = ModelServer.start(ModalPoisonTest::harmless)) {
      outcome = answer(model);
    }

    assertWithMessage(outcome.output()).that(outcome.exit()).isEqualTo(0);
    assertAnswered(OTHERS + 1, outcome.output());
    assertThat(run.failures()).isEmpty();
    assertThat(run.summary().path("retried").asInt()).isEqualTo(0);
    assertThat(emulator.runningSandboxes()).isEmpty();
    Proof.line(
        "the same rows where nothing kills: %d of %d answered, %.1f s",
        run.results().size(), OTHERS + 1, outcome.seconds());
  }
}
