package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.Range;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ExitCodesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path output;

  @BeforeEach
  void nameOutput() {
    output = folder.resolve("out");
  }

  @Test
  void numbersArePartOfTheInterface() {
    List<Integer> numbers = new ArrayList<>();
    for (ExitCode exitCode : ExitCode.values()) {
      numbers.add(exitCode.number());
    }

    assertThat(numbers).containsExactly(0, 1, 2, 3, 4, 5, 130).inOrder();
  }

  @Test
  void doneIs0AndTheOutputPathIsPrintedLast() throws IOException {
    CommandRun run = CommandRun.of("run", "--input", rows(3).toString(), "--output=" + output);

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(run.out().stripTrailing().lines().reduce((a, b) -> b).get())
        .isEqualTo(output.toString());
    assertThat(Files.exists(output.resolve("partial.jsonl"))).isFalse();
    assertThat(run.err().replaceAll("\\s+", " "))
        .contains("a keyword matcher, not a language model");
  }

  @Test
  void tooManyFailedIs3AndWhatWasFinishedIsWritten() throws IOException {
    Path rows = rows(3);
    Files.writeString(rows, Files.readString(rows) + "not JSON\n");

    CommandRun run = CommandRun.of("run", "--input=" + rows, "--output=" + output);

    assertThat(run.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(CommandRun.lines(output, "results-")).hasSize(3);
    assertThat(summary().path("outcome").asText()).isEqualTo("too_many_failed");
  }

  @Test
  void rowsThatAreMissingForAFileThatCannotBeReadAre3() throws IOException {
    StringBuilder csv = new StringBuilder("query,context\n");
    for (int i = 0; i < 30; i++) {
      csv.append(i == 25 ? "q,\"c\n" : "q,c" + i + "\n");
    }
    Path rows = Files.writeString(folder.resolve("rows.csv"), csv);

    CommandRun run = CommandRun.of("run", "--input=" + rows, "--output=" + output);

    assertThat(run.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(run.out()).contains("Rows are missing, the input cannot be read to its end: 25 of");
    assertThat(summary().path("outcome").asText()).isEqualTo("input_unreadable");
    assertThat(summary().path("unreadableFiles").asInt()).isEqualTo(1);
    assertThat(summary().path("notRead").asBoolean()).isFalse();
  }

  @Test
  void wrongKeyIs4AndOnlyThoseInFlightPay() throws IOException {
    try (ModelServer server =
        ModelServer.start(call -> ServerReply.error(401, "invalid_api_key", "wrong key"))) {
      CommandRun run = model(server, rows(40), "--maxInFlight=4");

      assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
      assertThat(server.calls()).isAtMost(4);
      assertThat(CommandRun.lines(output, "failures-")).hasSize(40);
      assertThat(run.err()).contains("MODEL_REFUSED");
      assertThat(summary().path("outcome").asText()).isEqualTo("refused");
    }
  }

  @Test
  void reachedBrakeIs5AndWhatWasFinishedIsWritten() throws IOException {
    try (ModelServer server = ModelServer.start(call -> ScriptedRoot.answer())) {
      CommandRun run = model(server, rows(30), "--runMaxModelCalls=10", "--maxInFlight=4");

      assertThat(run.exitCode()).isEqualTo(ExitCode.BRAKE_REACHED);
      assertThat(server.calls()).isEqualTo(10);
      assertThat(CommandRun.lines(output, "results-")).hasSize(10);
      assertThat(CommandRun.lines(output, "failures-")).hasSize(20);
    }
  }

  @Test
  void interruptedIs130AndWhatWasFinishedIsWritten() throws IOException {
    Interrupts interrupts = Interrupts.none();
    try (ModelServer server =
        ModelServer.start(
            call -> {
              if (call.number() == 11) {
                interrupts.raise();
              }
              return call.number() > 10
                  ? ServerReply.never()
                  : ScriptedRoot.answer().after(Duration.ofMillis(5));
            })) {
      CommandRun run =
          CommandRun.of(interrupts, modelArguments(server, rows(30), "--maxInFlight=4"));

      assertThat(run.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
      assertThat(run.err()).contains("Stopping");
      // Of the ten that the model answered, up to four may not have run the code of the answer yet.
      int answered = CommandRun.lines(output, "results-").size();
      assertThat(answered).isIn(Range.closed(6, 10));
      assertThat(CommandRun.lines(output, "failures-")).hasSize(30 - answered);
      assertThat(summary().path("outcome").asText()).isEqualTo("interrupted");
    }
  }

  @Test
  void inputWithoutRowsIs2() throws IOException {
    Path empty = Files.writeString(folder.resolve("rows.jsonl"), "\n\n");

    CommandRun run = CommandRun.of("run", "--input=" + empty, "--output=" + output);

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).contains("The input has no rows");
  }

  @Test
  void anOptionOfTheRunnerThatItDoesNotTakeIs2() throws IOException {
    CommandRun run =
        CommandRun.of("run", "--input=" + rows(1), "--output=" + output, "--targetParallelism=0");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--targetParallelism=0: must be 1 or more");
  }

  @Test
  void aRunThatBreaksOffIs1AndItsTraceIsInTheLog() throws IOException {
    try (ModelServer server = ModelServer.start(call -> withoutPlaceToWrite())) {
      CommandRun run = model(server, rows(1));

      assertThat(run.exitCode()).isEqualTo(ExitCode.INTERNAL);
      assertThat(run.err()).contains("The stack trace is in " + output.resolve("log.txt"));
      assertThat(run.err()).contains("What was finished is in " + output.resolve("partial.jsonl"));
      assertThat(Files.readString(output.resolve("partial.jsonl"))).contains("\"id\":\"r0\"");
      assertThat(run.err()).doesNotContain("\tat ");
      assertThat(Files.readString(output.resolve("log.txt"))).contains("\tat dev.rlmbeam");
    }
  }

  @Test
  void withStacktraceTheTraceIsPrintedToo() throws IOException {
    try (ModelServer server = ModelServer.start(call -> withoutPlaceToWrite())) {
      CommandRun run = model(server, rows(1), "--stacktrace");

      assertThat(run.err()).contains("\tat dev.rlmbeam");
    }
  }

  /** Somebody puts a folder where a file of the run should go. */
  private ServerReply withoutPlaceToWrite() {
    try {
      Files.createDirectories(output.resolve("results-00000-of-00001.jsonl").resolve("taken"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ScriptedRoot.answer();
  }

  @Test
  void aSecondRunIntoTheSameFolderIs2AndHarmsNothing() throws IOException {
    AtomicReference<CommandRun> second = new AtomicReference<>();
    Path rows = rows(1);
    try (ModelServer server =
        ModelServer.start(
            call -> {
              second.compareAndSet(
                  null,
                  CommandRun.of("run", "--input=" + rows, "--output=" + output, "--overwrite"));
              return ScriptedRoot.answer();
            })) {
      CommandRun first = model(server, rows);

      assertThat(first.exitCode()).isEqualTo(ExitCode.DONE);
    }
    assertThat(second.get().exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(second.get().err()).contains("is being written by another run");
    assertThat(CommandRun.lines(output, "results-")).hasSize(1);
  }

  @Test
  void memoryThatDidNotSufficeIsSaidWhateverWrapsIt() {
    Throwable wrapped = new RuntimeException(new IllegalStateException(new OutOfMemoryError()));

    assertThat(Problem.find(OutOfMemoryError.class, wrapped).isPresent()).isTrue();
    assertThat(Problem.find(UsageException.class, wrapped).isPresent()).isFalse();
  }

  private CommandRun model(ModelServer server, Path rows, String... more) {
    return CommandRun.of(modelArguments(server, rows, more));
  }

  private String[] modelArguments(ModelServer server, Path rows, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--input=" + rows,
                "--output=" + output,
                "--model=openai/scripted",
                "--modelBaseUrl=" + server.baseUrl(),
                "--localIsolation=none",
                "--maxSandboxes=2"));
    arguments.addAll(List.of(more));
    return arguments.toArray(new String[0]);
  }

  private Path rows(int count) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          String.format(
              "{\"id\":\"r%d\",\"query\":\"Who made part %d?\",\"context\":\"Part %d was made by"
                  + " Ada.\"}",
              i, i, i));
    }
    return Files.write(folder.resolve("rows.jsonl"), rows);
  }

  private JsonNode summary() throws IOException {
    return JSON.readTree(output.resolve("summary.json").toFile());
  }
}
