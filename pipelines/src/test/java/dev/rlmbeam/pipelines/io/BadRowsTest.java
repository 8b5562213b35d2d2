package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.transforms.RlmContext;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.rlm.FailureClass;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bad row is a failure that names its place and the cure, and the rows after it are read. */
final class BadRowsTest {
  private static final String GOOD = "{\"id\":\"good\",\"query\":\"q\",\"context\":\"c\"}\n";

  @TempDir private Path folder;

  @Test
  void aLineThatIsNotJson() throws IOException {
    RlmFailure failure = onlyFailure("nonsense\n" + GOOD);

    assertThat(failure.source()).endsWith("rows.jsonl:1");
    assertThat(failure.errorClass()).isEqualTo(FailureClass.INPUT_INVALID);
    assertThat(failure.message()).contains("is not JSON (column 9");
    assertThat(failure.message()).contains("write one JSON object a line");
  }

  @Test
  void aLineThatIsNoObject() throws IOException {
    assertThat(onlyFailure("[1,2]\n" + GOOD).message()).contains("JSON array, not an object");
  }

  @Test
  void twoObjectsOnOneLine() throws IOException {
    assertThat(onlyFailure("{\"id\":1} {\"id\":2}\n" + GOOD).message()).contains("is not JSON");
  }

  @Test
  void aMissingContext() throws IOException {
    RlmFailure failure = onlyFailure("{\"id\":\"x\",\"query\":\"q\",\"body\":\"c\"}\n" + GOOD);

    assertThat(failure.id()).isEqualTo("x");
    assertThat(failure.message()).contains("no field 'context'");
    assertThat(failure.message()).contains("--contextField");
    assertThat(failure.message()).contains("id, query, body");
  }

  @Test
  void aMissingQuestion() throws IOException {
    assertThat(onlyFailure("{\"id\":\"x\",\"context\":\"c\"}\n" + GOOD).message())
        .contains("no question: give --query");
  }

  @Test
  void anEmptyContext() throws IOException {
    for (String empty : new String[] {"\"\"", "[]", "{}", "null"}) {
      RlmFailure failure =
          onlyFailure("{\"id\":\"x\",\"query\":\"q\",\"context\":" + empty + "}\n" + GOOD);

      assertThat(failure.errorClass()).isEqualTo(FailureClass.CONTEXT_INVALID);
      assertThat(failure.message()).contains("'context' is empty");
    }
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("{\"query\":\"q\",\"context\":\"caf".getBytes(StandardCharsets.UTF_8));
    bytes.write(0xE9);
    bytes.writeBytes(("\"}\n" + GOOD).getBytes(StandardCharsets.UTF_8));
    Path rows = Files.write(folder.resolve("rows.jsonl"), bytes.toByteArray());

    ReadRows read = ReadRows.of(rows);

    assertThat(read.tasks()).hasSize(1);
    assertThat(read.failures().get(0).message()).contains("not UTF-8: byte 28");
  }

  @Test
  void halfASurrogatePair() throws IOException {
    assertThat(onlyFailure("{\"query\":\"q\",\"context\":\"a\\ud83d\"}\n" + GOOD).message())
        .contains("half a surrogate pair (\\ud83d) at character 1");
  }

  @Test
  void halfASurrogatePairAnywhereInAListOrAnObject() throws IOException {
    for (String context :
        new String[] {
          "[\"a\", \"b\\ud83d\"]",
          "{\"a\": {\"b\": [1, \"\\ude00\"]}}",
          "{\"a\": {\"\\ud83d\": 1}}",
          "[\"\\ude00\\ud83d\"]"
        }) {
      RlmFailure failure = onlyFailure("{\"query\":\"q\",\"context\":" + context + "}\n" + GOOD);

      assertThat(failure.errorClass()).isEqualTo(FailureClass.INPUT_INVALID);
      assertThat(failure.message()).contains("The field 'context' holds half a surrogate pair");
    }
  }

  @Test
  void bothHalvesOfASurrogatePairAreText() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"query\":\"q\",\"context\":[\"\\ud83d\\ude00\", {\"\\ud83d\\ude00\": 1.50}]}\n");

    assertThat(ReadRows.of(rows).tasks().get(0).context())
        .isEqualTo(RlmContext.json("[\"\\ud83d\\ude00\", {\"\\ud83d\\ude00\": 1.50}]"));
  }

  @Test
  void aRowThatIsTooLong() throws IOException {
    String longRow = "{\"query\":\"q\",\"context\":\"" + "x".repeat(5000) + "\"}\n";
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), longRow + GOOD);

    ReadRows read = ReadRows.of(rows, "--maxLineBytes=2000");

    assertThat(read.tasks()).hasSize(1);
    assertThat(read.failures().get(0).source()).endsWith(":1");
    assertThat(read.failures().get(0).message())
        .contains("has " + (longRow.length() - 1) + " bytes, more than --maxLineBytes=2000");
  }

  @Test
  void aRowOfFiftyMegabytesWithinTheLimitIsRead() throws IOException {
    int length = 50_000_000;
    Path rows = folder.resolve("rows.jsonl");
    try (OutputStream out = Files.newOutputStream(rows)) {
      out.write("{\"query\":\"q\",\"context\":\"".getBytes(StandardCharsets.UTF_8));
      byte[] chunk = new byte[length / 10];
      Arrays.fill(chunk, (byte) 'x');
      for (int i = 0; i < 10; i++) {
        out.write(chunk);
      }
      out.write("\"}\n".getBytes(StandardCharsets.UTF_8));
    }

    ReadRows read = ReadRows.of(rows);

    assertThat(read.failures()).isEmpty();
    assertThat(read.tasks()).hasSize(1);
  }

  @Test
  void aRowThatIsNestedTooDeep() throws IOException {
    String deep = "[".repeat(600) + "]".repeat(600);

    assertThat(onlyFailure("{\"query\":\"q\",\"context\":" + deep + "}\n" + GOOD).message())
        .contains("nested deeper than 500 levels");
  }

  @Test
  void anIdThatIsAnObject() throws IOException {
    assertThat(onlyFailure("{\"id\":{},\"query\":\"q\",\"context\":\"c\"}\n" + GOOD).message())
        .contains("'id' is no text and no number");
  }

  @Test
  void aFieldThatTheTemplateNamesAndTheRowLacks() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"title\":\"T\",\"context\":\"c\"}\n{\"context\":\"c\"}\n");

    ReadRows read = ReadRows.of(rows, "--query=Who wrote {{title}}?");

    assertThat(read.tasks().get(0).query()).isEqualTo("Who wrote T?");
    assertThat(read.failures().get(0).message()).contains("no field 'title', which --query names");
  }

  @Test
  void anEmptyTextFile() throws IOException {
    Files.createFile(folder.resolve("empty.txt"));
    Files.writeString(folder.resolve("full.txt"), "text");

    ReadRows read = ReadRows.of(folder, "--query=q");

    assertThat(read.tasks()).hasSize(1);
    assertThat(read.failures().get(0).id()).isEqualTo("empty.txt");
    assertThat(read.failures().get(0).errorClass()).isEqualTo(FailureClass.CONTEXT_INVALID);
  }

  @Test
  void aCompressedFileThatIsCutOff() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      // Random digits, so that the cut falls among rows that were written.
      Random random = new Random(1);
      for (int i = 0; i < 20_000; i++) {
        String row =
            String.format(
                "{\"id\":\"%d\",\"query\":\"q\",\"context\":\"%d\"}%n", i, random.nextLong());
        gzip.write(row.getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 1000);
    Path rows = Files.write(folder.resolve("rows.jsonl.gz"), cut);

    ReadRows read = ReadRows.of(rows);

    assertThat(read.tasks().size()).isGreaterThan(1000);
    assertThat(read.failures()).hasSize(1);
    assertThat(read.unreadable()).isEqualTo(1);
    assertThat(read.failures().get(0).message())
        .matches("The rows after line \\d+ were not read.*");
  }

  @Test
  void aQuoteThatIsNeverClosedHidesTheRowsAfterIt() throws IOException {
    StringBuilder csv = new StringBuilder("id,query,context\n");
    for (int i = 2; i < 40; i++) {
      csv.append("r").append(i).append(i == 22 ? ",q,\"c\n" : ",q,c\n");
    }
    Path rows = Files.writeString(folder.resolve("rows.csv"), csv);

    ReadRows read = ReadRows.of(rows);

    assertThat(read.tasks()).hasSize(20);
    assertThat(read.unreadable()).isEqualTo(1);
    assertThat(read.failures().get(0).source()).endsWith("rows.csv:22");
    assertThat(read.failures().get(0).message())
        .contains("The rows after line 22 were not read, mend the file: A quote that is opened");
    assertThat(ReadRows.of(rows, "--maxLineBytes=1024").unreadable()).isEqualTo(1);
  }

  @Test
  void aQuoteThatIsNotClosedInTheLastRowHidesNone() throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"), "query,context\nq,c\nq,\"c\n");

    ReadRows read = ReadRows.of(rows);

    assertThat(read.unreadable()).isEqualTo(0);
    assertThat(read.failures()).hasSize(1);
  }

  @Test
  void aHeaderWithAnEmptyName() throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"), "query,,context\nq,x,c\nq,x,c\n");

    ReadRows read = ReadRows.of(rows);

    assertThat(read.unreadable()).isEqualTo(1);
    assertThat(read.failures().get(0).message())
        .contains("The rows after line 1 were not read, mend the file: The header names an empty");
  }

  @Test
  void aCsvRowThatIsNotIsSaidWithoutTheParsersNames() throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"), "query,context\n\"q\"x,c\n");

    String message = ReadRows.of(rows).failures().get(0).message();

    assertThat(message).contains("check its quotes");
    assertThat(message).doesNotContain("Exception");
  }

  private RlmFailure onlyFailure(String content) throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), content);
    ReadRows read = ReadRows.of(rows);
    assertThat(read.tasks().stream().map(task -> task.id())).containsExactly("good");
    assertThat(read.failures()).hasSize(1);
    return read.failures().get(0);
  }
}
