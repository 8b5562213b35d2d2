package dev.rlmbeam.transforms.rlm.trajectory;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.ChatMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrajectoryStoresTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final TrajectoryLabels LABELS = new TrajectoryLabels("scripted", "local");

  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now.get();
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  private static RunRecord run(String id) {
    return new RunRecord(id, NOON, "root", "sub", 30, 1000);
  }

  private static TurnRecord turn(int number) {
    return new TurnRecord(
        number,
        NOON,
        List.of(ChatMessage.user("q")),
        "response " + number,
        List.of(),
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<JsonNode> unpacked(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(new ObjectMapper().readTree(line));
      }
    }
    return lines;
  }

  @Test
  void writesALineToItsFileAsSoonAsTheTurnIsOver() throws IOException {
    TrajectoryFiles store =
        new TrajectoryFiles(TrajectoryFolder.local(folder), LABELS, PromptHistory.FULL);
    try (store;
        TrajectorySink sink = store.open("a", 1)) {
      sink.start(run("a"));
      assertThat(Files.readAllLines(files().get(0))).hasSize(1);

      sink.turn(turn(1));
      assertThat(Files.readAllLines(files().get(0))).hasSize(2);
    }
  }

  @Test
  void makesNoFileForARunThatNeverBegan() throws IOException {
    TrajectoryFiles store =
        new TrajectoryFiles(TrajectoryFolder.local(folder), LABELS, PromptHistory.FULL);
    store.open("a", 1).close();
    store.close();

    assertThat(files()).isEmpty();
  }

  @Test
  void packsManyRunsIntoOneFileWithTheIdInEachLine() throws IOException {
    TrajectoryPacks store =
        new TrajectoryPacks(TrajectoryFolder.local(folder), LABELS, "worker/1", clock);
    TrajectorySink a = store.open("id/a", 1);
    TrajectorySink b = store.open("b", 2);
    a.start(run("id/a"));
    b.start(run("b"));
    a.turn(turn(1));
    b.turn(turn(1));
    a.close();
    b.close();
    store.close();

    assertThat(files()).hasSize(1);
    assertThat(files().get(0).getFileName().toString())
        .matches("part-worker-1-[0-9a-f]{16}-0\\.jsonl\\.gz");
    List<JsonNode> lines = unpacked(files().get(0));
    assertThat(lines.stream().map(l -> l.get("id").asText() + l.get("attempt").asInt()))
        .containsExactly("id/a1", "b2", "id/a1", "b2")
        .inOrder();
    assertThat(store.lost()).isEqualTo(0);
  }

  @Test
  void endsAFileAfterAMinute() throws IOException {
    TrajectoryPacks store = new TrajectoryPacks(TrajectoryFolder.local(folder), LABELS, "w", clock);
    TrajectorySink sink = store.open("a", 1);
    sink.start(run("a"));
    now.set(NOON.plusSeconds(59));
    sink.turn(turn(1));
    now.set(NOON.plusSeconds(60));
    sink.turn(turn(2));

    // The first can be read while the second is still being written.
    assertThat(unpacked(folder.resolve("part-w-0.jsonl.gz"))).hasSize(2);
    store.close();
    assertThat(unpacked(folder.resolve("part-w-1.jsonl.gz"))).hasSize(1);
  }

  @Test
  void losesNoLineOfAnInterruptedThread() throws IOException {
    TrajectoryFolder channels =
        name ->
            Channels.newOutputStream(
                Channels.newChannel(Files.newOutputStream(folder.resolve(name))));
    TrajectoryFiles store = new TrajectoryFiles(channels, LABELS, PromptHistory.FULL);
    TrajectorySink sink = store.open("a", 1);
    sink.start(run("a"));

    Thread.currentThread().interrupt();
    sink.turn(turn(1));

    assertThat(Thread.interrupted()).isTrue();
    sink.close();
    assertThat(Files.readAllLines(files().get(0))).hasSize(2);
    assertThat(store.lost()).isEqualTo(0);
  }

  @Test
  void endsAFileAtItsSize() throws IOException {
    TrajectoryPacks store =
        new TrajectoryPacks(TrajectoryFolder.local(folder), LABELS, "w", clock, 10);
    TrajectorySink sink = store.open("a", 1);
    sink.start(run("a"));
    sink.turn(turn(1));
    store.close();

    // The header of the compressed file alone has 10 bytes.
    assertThat(files()).hasSize(2);
  }

  @Test
  void countsWhatCannotBeWrittenAndGoesOn() {
    TrajectoryFolder full =
        name -> {
          throw new IOException("no space left on device");
        };
    TrajectoryFiles store = new TrajectoryFiles(full, LABELS, PromptHistory.FULL);
    for (String id : List.of("a", "b")) {
      TrajectorySink sink = store.open(id, 1);
      assertThat(sink.keeps()).isTrue();
      sink.start(run(id));
      assertThat(sink.keeps()).isFalse();
      sink.turn(turn(1));
      sink.turn(turn(2));
      sink.close();
    }
    store.close();

    assertThat(store.lost()).isEqualTo(2);
  }

  @Test
  void aFileSystemThatThrowsAnythingElseCostsNoAnswerEither() {
    TrajectoryFolder broken =
        name -> {
          throw new IllegalStateException("the client was closed");
        };
    for (TrajectoryStore store :
        List.of(
            new TrajectoryFiles(broken, LABELS, PromptHistory.FULL),
            new TrajectoryPacks(broken, LABELS, "w", clock))) {
      TrajectorySink sink = store.open("a", 1);
      sink.start(run("a"));
      sink.turn(turn(1));
      sink.close();
      store.close();

      assertThat(store.lost()).isEqualTo(1);
    }
  }

  @Test
  void closesTheFileOfARunThatCouldNotBeWrittenWhole() {
    AtomicReference<String> events = new AtomicReference<>("");
    TrajectoryFolder failing =
        name ->
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("no space left on device");
              }

              @Override
              public void close() {
                events.updateAndGet(text -> text + "closed");
              }
            };
    TrajectoryFiles store = new TrajectoryFiles(failing, LABELS, PromptHistory.FULL);
    TrajectorySink sink = store.open("a", 1);
    sink.start(run("a"));
    sink.close();
    sink.close();
    store.close();

    assertThat(events.get()).isEqualTo("closed");
    assertThat(store.lost()).isEqualTo(1);
  }

  @Test
  void beginsANewPackAfterOneThatCannotBeWritten() throws IOException {
    TrajectoryFolder local = TrajectoryFolder.local(folder);
    TrajectoryFolder failingFirst =
        name -> {
          if (name.endsWith("-0.jsonl.gz")) {
            throw new IOException("the bucket is away");
          }
          return local.create(name);
        };
    TrajectoryPacks store = new TrajectoryPacks(failingFirst, LABELS, "w", clock);
    TrajectorySink a = store.open("a", 1);
    a.start(run("a"));
    TrajectorySink b = store.open("b", 1);
    b.start(run("b"));
    store.close();

    assertThat(store.lost()).isEqualTo(1);
    assertThat(unpacked(folder.resolve("part-w-1.jsonl.gz"))).hasSize(1);
  }

  @Test
  void keepsNothingWhenNothingIsWanted() {
    try (TrajectorySink sink = TrajectoryStore.none().open("a", 1)) {
      sink.start(run("a"));
      sink.turn(turn(1));

      assertThat(sink.keeps()).isFalse();
    }
  }
}
