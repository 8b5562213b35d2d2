package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rows with a question each, and what its context says of it, among other things. */
final class TollRows {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PARAGRAPHS = 40;

  private TollRows() {}

  /** Writes so many, each with another answer. */
  static Path write(Path file, int count) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          JSON.createObjectNode()
              .put("id", "row-" + i)
              .put("query", "What is the toll of gate " + i + "?")
              .put("context", context(i))
              .toString());
    }
    return Files.write(file, rows);
  }

  private static String context(int number) {
    StringBuilder text = new StringBuilder("Of roads.\n\n");
    for (int mile = 0; mile < PARAGRAPHS; mile++) {
      text.append("Beyond milestone ").append(mile).append(" the road is dry in summer.\n\n");
      if (mile == number % PARAGRAPHS) {
        text.append("The toll of gate ").append(number).append(" is ").append(toll(number));
        text.append(" pence.\n\n");
      }
    }
    return text.toString();
  }

  private static int toll(int number) {
    return 1000 + 7 * number;
  }

  /** No row lost, none twice, none failed, none answered with another's answer. */
  static void assertEachAnsweredOnce(RunOutput run, int count, String output) throws IOException {
    assertWithMessage(output).that(run.failures()).isEmpty();
    Set<String> ids = new HashSet<>();
    for (JsonNode result : run.results()) {
      String id = result.path("id").asText();
      assertWithMessage("%s twice", id).that(ids.add(id)).isTrue();
      int number = Integer.parseInt(id.substring("row-".length()));
      assertThat(number).isLessThan(count);
      assertWithMessage("%s", id)
          .that(result.path("answer").asText())
          .contains("gate " + number + " is " + toll(number) + " pence");
    }
    assertWithMessage(output).that(ids).hasSize(count);
  }
}
