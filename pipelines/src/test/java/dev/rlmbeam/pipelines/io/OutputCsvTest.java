package dev.rlmbeam.pipelines.io;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.RlmFailure;
import dev.rlmbeam.transforms.RlmResult;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.StopReason;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of CSV say what lines of JSON say, and no spreadsheet computes them. */
final class OutputCsvTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OutputCsv PLAIN = new OutputCsv(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "",
        " spaces around ",
        "a, \"b\"",
        "first\nsecond\r\n\r\nfourth\n",
        "#, ; and é \uD83D\uDE00",
        "-12.5e+3",
        " -7",
        "a =1+1",
        "'quoted' = 1",
        "+4",
        ".5"
      })
  void anyAnswerComesBackAsItWas(String answer) throws IOException {
    assertThat(cell(result(answer), "answer")).isEqualTo(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=",
        " =1+1",
        "\u00a0\u3000@SUM(A1)",
        "\uFEFF=1+1",
        "\uFF1D1+1",
        "\uFF0B1",
        "\uFF0D1",
        "\uFF20SUM(A1)",
        "-",
        "-12.5 and more"
      })
  void whatASpreadsheetWouldComputeBeginsWithAnApostrophe(String answer) throws IOException {
    assertThat(cell(result(answer), "answer")).isEqualTo("'" + answer);
  }

  @Test
  void columnsAreTheFieldsOfTheLines() throws IOException {
    RlmResult result = result("a");
    RlmFailure failure =
        RlmFailure.ofInput("f", FailureClass.INPUT_INVALID, "m", "rows.jsonl:1", "run");

    assertThat(fields(OutputLines.of(result))).isEqualTo(OutputLines.RESULT);
    assertThat(fields(OutputLines.of(failure))).isEqualTo(OutputLines.FAILURE);
    assertThat(PLAIN.failureHeader())
        .isEqualTo("id,errorClass,message,stage,source,attempts,partialAnswer,usage,worker");
    assertThat(PLAIN.of(failure)).isEqualTo("f,INPUT_INVALID,m,INPUT,rows.jsonl:1,0,,{},");
  }

  @Test
  void fieldsOfTheInputAreColumnsBehindTheOthers() {
    OutputCsv csv = new OutputCsv(List.of("title", "no, none", "tags", "n"));
    RlmFailure failure =
        RlmFailure.ofInput("f", FailureClass.INPUT_INVALID, "m", "rows.jsonl:1", "run");

    assertThat(csv.failureHeader())
        .endsWith("usage,worker,input.title,\"input.no, none\",input.tags,input.n");
    assertThat(
            csv.of(
                failure.withAttributes(
                    "{\"title\":\"=T\",\"no, none\":null,\"tags\":[\"a\"],\"n\":-1.50}")))
        .endsWith(",{},,'=T,,\"[\"\"a\"\"]\",-1.50");
    assertThat(csv.of(failure.withAttributes("null"))).endsWith(",{},,,,,");
  }

  @Test
  void usageIsJson() throws IOException {
    RlmResult result = result("a");

    assertThat(JSON.readTree(cell(result, "usage")))
        .isEqualTo(JSON.readTree(OutputLines.of(result)).path("usage"));
    assertThat(cell(result, "seconds")).isEqualTo("1.5");
    assertThat(cell(result, "turns")).isEqualTo("3");
  }

  private static RlmResult result(String answer) {
    return new RlmResult(
        "a",
        answer,
        StopReason.ANSWERED,
        3,
        12,
        Map.of("m", new ModelUsage(4, 500, 60, 0.25)),
        1.5,
        1,
        "run");
  }

  private static String cell(RlmResult result, String column) throws IOException {
    String file = PLAIN.resultHeader() + "\r\n" + PLAIN.of(result) + "\r\n";
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (CSVParser parser = format.parse(new StringReader(file))) {
      List<CSVRecord> records = parser.getRecords();
      assertThat(records).hasSize(1);
      return records.get(0).get(column);
    }
  }

  private static List<String> fields(String line) throws IOException {
    JsonNode object = JSON.readTree(line);
    List<String> fields = new ArrayList<>();
    object.fieldNames().forEachRemaining(fields::add);
    return fields;
  }
}
