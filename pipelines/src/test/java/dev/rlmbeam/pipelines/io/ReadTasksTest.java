package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which rows of the input a pipeline takes, and under which ids. */
@Timeout(60)
final class ReadTasksTest {
  @TempDir private Path folder;
  private int run;
  private int groups = 4;

  @Test
  void limitTakesTheFirstRowsInTheOrderOfFilesAndLines() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), row("a1") + "broken\n" + row("a3"));
    Files.writeString(folder.resolve("b.jsonl"), rows("b", 20));

    assertThat(read("--limit=5")).containsExactly("a1", "!a.jsonl:2", "a3", "b0", "b1");
  }

  @Test
  void sampleTakesTheSameRowsEveryTimeHoweverTheyAreOrdered() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), rows("r", 50));
    Set<String> first = read("--sample=7");
    List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve("a.jsonl")));
    Collections.reverse(lines);
    Files.write(folder.resolve("a.jsonl"), lines);

    assertThat(first).hasSize(7);
    assertThat(read("--sample=7")).isEqualTo(first);
    assertThat(read("--sample=8")).containsAtLeastElementsIn(first);
  }

  @Test
  void idsTakesThoseRowsAndNamesTheMissing() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), rows("r", 20));
    Path ids = Files.writeString(folder.resolve("ids"), "r3\n\nr17\nno-such\n");

    assertThat(read("--ids=@" + ids)).containsExactly("r3", "r17", "!no-such");
    assertThat(read("--ids=r1, r2")).containsExactly("r1", "r2");
  }

  @Test
  void includedFieldsGoThroughThePipelineWithTasksAndFailures() throws IOException {
    Files.writeString(
        folder.resolve("a.jsonl"),
        """
        {"id":"same","query":"q","context":"c","n":1}
        {"id":"same","query":"q","context":"c","n":2}
        {"query":"q","context":"c","n":3}
        {"query":"q","context":"c","n":4}
        """);

    read("--include=n", "--inlineContextLimit=0");

    assertThat(lines("attributes"))
        .containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");

    read("--include=n", "--ids=same,no-such");

    assertThat(lines("attributes")).contains("null");
  }

  @Test
  void ofRowsWithTheSameIdOnlyTheFirstIsATask() throws IOException {
    StringBuilder rows = new StringBuilder(row("same"));
    for (int i = 0; i < 9; i++) {
      rows.append(row("other" + i));
    }
    Files.writeString(folder.resolve("a.jsonl"), rows + row("same"));

    Set<String> read = read();

    assertThat(read).contains("same");
    // Whoever joins results and failures by id finds each once.
    assertThat(read).doesNotContain("!same");
    assertThat(read).contains("!" + folder.resolve("a.jsonl") + ":11");
    assertThat(failureMessages()).hasSize(1);
    assertThat(failureMessages().get(0))
        .matches(".*'same' is taken by .*a\\.jsonl:1; .*--idField.*");
  }

  @Test
  void rowsThatAreTheSameInEveryRespectAreAllTasks() throws IOException {
    String row = "{\"query\":\"q\",\"context\":\"c\"}\n";
    Files.writeString(folder.resolve("a.jsonl"), row + row + row);
    String id = ContentHash.id("q", "c");

    assertThat(read()).containsExactly(id, id + "-2", id + "-3");
  }

  @Test
  void idsThatTheRunHasMadeCanBeAskedFor() throws IOException {
    String row = "{\"query\":\"q\",\"context\":\"c\"}\n";
    Files.writeString(folder.resolve("a.jsonl"), row + row + row("same") + row + row("same"));
    String id = ContentHash.id("q", "c");

    assertThat(read("--ids=" + id + "-2")).containsExactly(id + "-2");
    assertThat(read("--ids=" + id)).containsExactly(id);
    assertThat(read("--ids=" + id + "-9")).containsExactly("!" + id + "-9");
    assertThat(read("--ids=a.jsonl:3")).containsExactly("a.jsonl:3");
    String duplicate = folder.resolve("a.jsonl") + ":5";
    assertThat(read()).contains("!" + duplicate);
    assertThat(read("--ids=" + duplicate)).containsExactly(duplicate);
  }

  @Test
  void groupsOfOneIdAreReadOnceAndToTheSameEnd() throws IOException {
    String row = "{\"query\":\"q\",\"context\":\"c\"}\n";
    Files.writeString(
        folder.resolve("a.jsonl"), row + row + row("same") + row + row("same") + row("other"));
    Set<String> expected = read();
    List<String> messages = failureMessages();
    groups = 0;

    assertThat(read()).isEqualTo(expected);
    assertThat(failureMessages()).isEqualTo(messages);
    assertThat(read("--ids=" + ContentHash.id("q", "c") + "-2"))
        .containsExactly(ContentHash.id("q", "c") + "-2");
  }

  /** Ids of tasks, and ids of failures after an exclamation mark. */
  private Set<String> read(String... options) throws IOException {
    InputSettings settings = ReadRows.settings(folder.resolve("*.jsonl"), options);
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    String out = folder.resolve("out" + ++run).toString();
    InputListing listing = InputListing.of(settings, RunFolder.at(out));
    PCollectionTuple read = pipeline.apply(new ReadTasks(settings, listing, groups));
    read.get(ReadTasks.TASKS)
        .apply("ids", MapElements.into(TypeDescriptors.strings()).via(RlmTask::id))
        .apply("write ids", TextIO.write().to(out + "/ids"));
    read.get(ReadTasks.FAILURES)
        .apply("failures", MapElements.into(TypeDescriptors.strings()).via(ReadTasksTest::line))
        .apply("write failures", TextIO.write().to(out + "/failures"));
    PCollectionList.of(
            read.get(ReadTasks.TASKS)
                .apply(MapElements.into(TypeDescriptors.strings()).via(RlmTask::attributes)))
        .and(
            read.get(ReadTasks.FAILURES)
                .apply(MapElements.into(TypeDescriptors.strings()).via(RlmFailure::attributes)))
        .apply(Flatten.pCollections())
        .apply("write attributes", TextIO.write().to(out + "/attributes"));
    pipeline.run().waitUntilFinish();
    Set<String> all = new TreeSet<>(lines("ids"));
    all.addAll(
        lines("failures").stream()
            .map(line -> "!" + line.substring(0, line.indexOf('\t')))
            .collect(Collectors.toSet()));
    return all;
  }

  private List<String> failureMessages() throws IOException {
    return lines("failures").stream().map(line -> line.substring(line.indexOf('\t') + 1)).toList();
  }

  private List<String> lines(String prefix) throws IOException {
    List<String> lines = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder.resolve("out" + run), prefix + "*")) {
      for (Path file : files) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static String line(RlmFailure failure) {
    return failure.id() + "\t" + failure.message();
  }

  private static String rows(String prefix, int count) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < count; i++) {
      rows.append(row(prefix + i));
    }
    return rows.toString();
  }

  private static String row(String id) {
    return "{\"id\":\"" + id + "\",\"query\":\"q\",\"context\":\"c\"}\n";
  }
}
