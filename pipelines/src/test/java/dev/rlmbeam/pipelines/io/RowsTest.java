package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;

import com.google.common.truth.Correspondence;
import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmTask;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What good rows become. */
final class RowsTest {
  @TempDir private Path folder;

  @Test
  void aRowWithTheUsualFieldsNeedsNoOption() throws IOException {
    RlmTask task = only("{\"id\":\"a\",\"question\":\"Who?\",\"context\":\"Ada.\"}");

    assertThat(task.id()).isEqualTo("a");
    assertThat(task.query()).isEqualTo("Who?");
    assertThat(task.context()).isEqualTo(RlmContext.text("Ada."));
    assertThat(task.source()).endsWith("rows.jsonl:1");
  }

  @Test
  void textsKeepEveryCharacter() throws IOException {
    RlmTask task =
        only("{\"id\":1,\"query\":\"q\",\"context\":\"\\\"'\\u0000\\r\\n\\ud83d\\ude00\\u2028é\"}");

    assertThat(task.context()).isEqualTo(RlmContext.text("\"'\0\r\n\ud83d\ude00\u2028é"));
    assertThat(task.id()).isEqualTo("1");
  }

  @Test
  void listsAndObjectsStayTheValueTheyAre() throws IOException {
    String list = "[1.10,12345678901234567890123,1E400,true,null,{\"k\":\"é\"}]";

    assertThat(only("{\"query\":\"q\",\"context\":" + list + "}").context())
        .isEqualTo(RlmContext.json("[1.10,12345678901234567890123,1E400,true,null,{\"k\":\"é\"}]"));
  }

  @Test
  void rowsWithoutAnIdAreNamedByTheirContent() throws IOException {
    String first = only("{\"query\":\"q\",\"context\":\"c\"}").id();

    assertThat(first).isEqualTo(only("{ \"context\":\"c\", \"query\":\"q\" }").id());
    assertThat(first).isNotEqualTo(only("{\"query\":\"q\",\"context\":\"d\"}").id());
    assertThat(first).isEqualTo("sha256-" + ContentHash.hex("q\0c").substring(0, 16));
  }

  @Test
  void blankLinesByteOrderMarkAndWindowsLineEndsAreNoRows() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "\uFEFF{\"id\":\"a\",\"query\":\"q\",\"context\":\"c\"}\r\n\r\n  \n"
                + "{\"id\":\"b\",\"query\":\"q\",\"context\":\"c\"}");

    ReadRows read = ReadRows.of(rows);

    assertThat(read.failures()).isEmpty();
    assertThat(read.tasks().stream().map(RlmTask::id)).containsExactly("a", "b").inOrder();
    assertThat(read.tasks().get(1).source()).endsWith(":4");
  }

  @Test
  void compressedRowsAreReadAsTheyAre() throws IOException {
    Path rows = folder.resolve("rows.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(rows))) {
      out.write(
          "{\"id\":\"a\",\"query\":\"q\",\"context\":\"c\"}\n".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(ReadRows.of(rows).tasks()).hasSize(1);
  }

  @Test
  void aByteOrderMarkBeforeAQuotedHeaderOfTwoLinesIsNoPartOfIt() throws IOException {
    Path rows =
        Files.writeString(folder.resolve("bom.csv"), "\ufeff\"query\n\",context\nWho?,Ada.\n");

    ReadRows read = ReadRows.of(rows);

    assertThat(read.failures()).isEmpty();
    assertThat(read.tasks().get(0).query()).isEqualTo("Who?");
  }

  @Test
  void csvFieldsMayHoldLineBreaksQuotesAndCommas() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.csv"),
            "id,query,context\r\na,\"Who, \"\"when\"\"?\",\"one\ntwo\"\r\nb,q,c\r\n");

    ReadRows read = ReadRows.of(rows);

    assertThat(read.failures()).isEmpty();
    assertThat(read.tasks().get(0).query()).isEqualTo("Who, \"when\"?");
    assertThat(read.tasks().get(0).context()).isEqualTo(RlmContext.text("one\ntwo"));
    assertThat(read.tasks().get(0).source()).endsWith(":2");
    assertThat(read.tasks().get(1).source()).endsWith(":4");
  }

  @Test
  void aBadCsvRowLeavesTheOthersAlone() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.csv"),
            "id,query,context\na,q\nb,q,c\nd,\"q\"x,c\ne,q,6\" pipe\nf,\"never closed,c\n");

    ReadRows read = ReadRows.of(rows);

    assertThat(read.tasks().stream().map(RlmTask::id)).containsExactly("b", "e");
    assertThat(read.failures().stream().map(failure -> failure.message()).toList())
        .comparingElementsUsing(Correspondence.<String, String>from(String::contains, "contains"))
        .containsExactly("has 2 values, but the header has 3", "is not CSV", "is never closed");
  }

  @Test
  void aTextFileIsOneTaskNamedByItsPathAndReadByReference() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("a/b"));
    Path text = Files.writeString(inner.resolve("c.md"), "text");
    Files.writeString(folder.resolve("d.txt"), "more");

    ReadRows read = ReadRows.of(folder, "--query=What is {{id}}?");

    assertThat(read.tasks().stream().map(RlmTask::id)).containsExactly("a/b/c.md", "d.txt");
    assertThat(read.tasks().get(0).query()).isEqualTo("What is a/b/c.md?");
    assertThat(read.tasks().get(0).context()).isEqualTo(new RlmContext.Ref(text.toString(), 4));
  }

  @Test
  void filesOfSeveralPatternsHaveIdsThatDiffer() throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve("x")).resolve("n.txt"), "1");
    Files.writeString(Files.createDirectory(folder.resolve("y")).resolve("n.txt"), "2");

    ReadRows read =
        ReadRows.of(
            folder.resolve("x/*.txt"),
            "--input=" + folder.resolve("y/*.txt"),
            "--input=" + folder.resolve("x/n.txt"),
            "--query=q");

    assertThat(read.tasks().stream().map(RlmTask::id)).containsExactly("x/n.txt", "y/n.txt");
  }

  @Test
  void aContextByUriStartsAtTheRowsOwnFile() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"id":"a","query":"q","doc":"docs/one.txt"}
            {"id":"b","query":"q","doc":"gs://bucket/two.txt"}
            """);

    ReadRows read = ReadRows.of(rows, "--contextUriField=doc");

    assertThat(read.tasks().get(0).context())
        .isEqualTo(RlmContext.at(folder.resolve("docs/one.txt").toString()));
    assertThat(read.tasks().get(1).context()).isEqualTo(RlmContext.at("gs://bucket/two.txt"));
  }

  @Test
  void longContextsAreKeptInOneFileEach() throws IOException {
    String text = "é".repeat(3000);
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"query\":\"q\",\"context\":\"" + text + "\"}\n");
    RlmTask task = ReadRows.of(rows).tasks().get(0);
    ContextSpill spill = new ContextSpill(folder.resolve("contexts").toString(), 5999);

    RlmTask first = spill.spill(task);
    RlmTask second = spill.spill(task);

    RlmContext.Ref kept = (RlmContext.Ref) first.context();
    assertThat(Files.readString(Path.of(kept.uri()))).isEqualTo(text);
    assertThat(kept.bytes()).isEqualTo(6000);
    assertThat(second.context()).isEqualTo(kept);
    try (Stream<Path> files = Files.list(folder.resolve("contexts"))) {
      assertThat(files.count()).isEqualTo(1);
    }
    assertThat(new ContextSpill(folder.toString(), 6000).spill(task)).isEqualTo(task);
  }

  @Test
  void longJsonIsKeptInAFileTooAsItWasWritten() throws IOException {
    String json = "[\"" + "x".repeat(3000) + "\", 1.0]";
    RlmTask task = only("{\"query\":\"q\",\"context\":" + json + "}");

    RlmTask kept = new ContextSpill(folder.resolve("contexts").toString(), 1000).spill(task);

    RlmContext.Ref ref = (RlmContext.Ref) kept.context();
    assertThat(ref.json()).isTrue();
    assertThat(Files.readString(Path.of(ref.uri()))).isEqualTo(json);
  }

  private RlmTask only(String row) throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), row + "\n");
    ReadRows read = ReadRows.of(rows);
    assertThat(read.failures()).isEmpty();
    assertThat(read.tasks()).hasSize(1);
    return read.tasks().get(0);
  }
}
