package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Rows on another file system, with contexts by URI there: made and looked at in a local folder.
 */
final class StoredRows {
  static final int COUNT = 24;
  private static final ObjectMapper JSON = new ObjectMapper();

  private StoredRows() {}

  /**
   * Makes {@code rows.jsonl} and the contexts of its rows.
   *
   * @param uri what the folder is called on the other file system
   */
  static void write(Path folder, String uri) throws Exception {
    Path contexts = Files.createDirectories(folder.resolve("contexts"));
    for (JsonNode row :
        Rows.read(Rows.write(folder.resolve("rows-0"), COUNT).getParent(), "rows-")) {
      String id = row.path("id").asText();
      Files.writeString(contexts.resolve(id + ".txt"), row.path("context").asText());
      ObjectNode byUri = ((ObjectNode) row).put("uri", uri + "/contexts/" + id + ".txt");
      byUri.remove("context");
      Files.writeString(
          folder.resolve("rows.jsonl"),
          JSON.writeValueAsString(byUri) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    Files.delete(folder.resolve("rows-0"));
  }

  /** What came of a run over them; the same once more into its folder is refused. */
  static FlinkRig.Outcome run(FlinkRig rig, String root, String... options) throws Exception {
    FlinkRig.Outcome outcome =
        rig.start(rig.run(root + "/data/rows.jsonl", root + "/out", options)).await();
    FlinkRig.Outcome again =
        rig.start(rig.run(root + "/data/rows.jsonl", root + "/out", options)).await();
    assertWithMessage(again.said()).that(again.exit()).isEqualTo(2);
    assertThat(again.said()).contains("holds a finished run");
    return outcome;
  }

  /**
   * Whether a run ended well and left all answers, each once, and nothing that is only for its
   * time.
   */
  static void check(FlinkRig.Outcome outcome, Path output) throws Exception {
    assertWithMessage(outcome.said()).that(outcome.exit()).isEqualTo(0);
    List<JsonNode> results = Rows.read(output, "results-");
    assertThat(Rows.byId(results)).isEqualTo(Rows.answers(COUNT));
    assertThat(Rows.byWorker(results)).hasSize(2);
    assertThat(JSON.readTree(output.resolve("summary.json").toFile()).path("outcome").asText())
        .isEqualTo("done");
  }
}
