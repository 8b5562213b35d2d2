package dev.rlmbeam.transforms.model.offline;

import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A real Python that keeps its variables between blocks and asks us when the code asks a model. */
final class PythonRepl implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String LOOP =
      """
      import contextlib, io, json, sys, traceback
      wire_in, wire_out = sys.stdin, sys.stdout
      def send(value):
          wire_out.write(json.dumps(value) + "\\n")
          wire_out.flush()
      def llm_query_batched(prompts, model=None):
          send({"prompts": prompts})
          return json.loads(wire_in.readline())
      def llm_query(prompt, model=None):
          return llm_query_batched([prompt])[0]
      space = {"__name__": "__main__", "llm_query": llm_query,
               "llm_query_batched": llm_query_batched,
               "answer": {"content": "", "ready": False}}
      space["context"] = json.loads(wire_in.readline())
      for line in wire_in:
          out = io.StringIO()
          with contextlib.redirect_stdout(out):
              try:
                  exec(json.loads(line), space)
              except BaseException:
                  out.write(traceback.format_exc())
          send({"printed": out.getvalue(), "answer": space["answer"]})
      """;

  private final Process process;
  private final BufferedWriter out;
  private final BufferedReader in;
  private final UnaryOperator<String> subModel;

  /** Batches that the code asked, and prompts in them. */
  int batches;

  int prompts;

  PythonRepl(Path folder, JsonNode context, UnaryOperator<String> subModel) throws IOException {
    this.subModel = subModel;
    process =
        new ProcessBuilder("python3", "-c", LOOP)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    out = process.outputWriter(StandardCharsets.UTF_8);
    in = process.inputReader(StandardCharsets.UTF_8);
    write(context);
  }

  /** Runs the one block of a response; the printed text and the answer dict come back. */
  JsonNode run(String response) throws IOException {
    write(JSON.getNodeFactory().textNode(code(response)));
    while (true) {
      JsonNode said = JSON.readTree(in.readLine());
      if (!said.has("prompts")) {
        return said;
      }
      batches++;
      ArrayNode replies = JSON.createArrayNode();
      for (JsonNode prompt : said.path("prompts")) {
        prompts++;
        replies.add(subModel.apply(prompt.asText()));
      }
      write(replies);
    }
  }

  private static String code(String response) {
    int start = response.indexOf("```repl\n");
    int end = response.indexOf("\n```", start + 8);
    assertWithMessage(response).that(start).isAtLeast(0);
    assertWithMessage(response).that(end).isGreaterThan(start);
    return response.substring(start + 8, end + 1);
  }

  private void write(JsonNode value) throws IOException {
    // ASCII, so that the wire does not depend on the locale.
    StringBuilder ascii = new StringBuilder();
    for (char c : JSON.writeValueAsString(value).toCharArray()) {
      ascii.append(c < 128 ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    out.write(ascii.append('\n').toString());
    out.flush();
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
