package dev.rlmbeam.transforms.rlm.trajectory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.rlmbeam.sandbox.repl.Variable;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ModelUsage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * One line of a trajectory as JSON, in the form that the reference's logger writes and its
 * visualizer reads: a line of type {@code metadata}, then lines of type {@code iteration} and no
 * others. Fields of our own stand beside theirs. Immutable.
 */
final class TrajectoryJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes fields that a store adds to each line. */
  interface Extra {
    void write(JsonGenerator json) throws IOException;
  }

  private final TrajectoryLabels labels;
  private final Extra extra;

  TrajectoryJson(TrajectoryLabels labels, Extra extra) {
    this.labels = labels;
    this.extra = extra;
  }

  /** Says in each line whose it is. */
  static Extra owner(String id, int attempt) {
    return json -> {
      json.writeStringField("id", id);
      json.writeNumberField("attempt", attempt);
    };
  }

  byte[] metadata(RunRecord run) throws IOException {
    return line(
        json -> {
          json.writeStringField("type", "metadata");
          json.writeStringField("timestamp", time(run.startedAt()));
          json.writeStringField("root_model", run.rootModel());
          json.writeNumberField("max_depth", 1);
          json.writeNumberField("max_iterations", run.maxTurns());
          json.writeStringField("backend", labels.backend());
          json.writeObjectFieldStart("backend_kwargs");
          json.writeStringField("model_name", run.rootModel());
          json.writeEndObject();
          json.writeStringField("environment_type", labels.environment());
          json.writeObjectFieldStart("environment_kwargs");
          json.writeNumberField("max_sub_calls", run.maxSubCalls());
          json.writeEndObject();
          json.writeArrayFieldStart("other_backends");
          json.writeString(run.subModel());
          json.writeEndArray();
        });
  }

  /**
   * @param omitted how many messages at the prompt's beginning are left out
   */
  byte[] iteration(TurnRecord turn, int omitted) throws IOException {
    return line(
        json -> {
          json.writeStringField("type", "iteration");
          json.writeNumberField("iteration", turn.number());
          json.writeStringField("timestamp", time(turn.startedAt()));
          writePrompt(json, turn.prompt(), omitted);
          json.writeStringField("response", turn.response());
          json.writeArrayFieldStart("code_blocks");
          for (BlockRecord block : turn.blocks()) {
            writeBlock(json, block);
          }
          json.writeEndArray();
          writeNullable(json, "final_answer", turn.finalAnswer());
          if (turn.elapsed().isPresent()) {
            json.writeNumberField("iteration_time", seconds(turn.elapsed().get()));
          } else {
            json.writeNullField("iteration_time");
          }
          if (omitted > 0) {
            json.writeNumberField("prompt_omitted", omitted);
          }
          if (turn.failure().isPresent()) {
            json.writeStringField("failure", turn.failure().get());
          }
        });
  }

  private static void writePrompt(JsonGenerator json, List<ChatMessage> prompt, int omitted)
      throws IOException {
    json.writeArrayFieldStart("prompt");
    if (omitted > 0) {
      writeMessage(json, "system", "[" + omitted + " messages as in the turns before]");
    }
    for (ChatMessage message : prompt.subList(omitted, prompt.size())) {
      writeMessage(json, message.role().wireName(), message.content());
    }
    json.writeEndArray();
  }

  private static void writeMessage(JsonGenerator json, String role, String content)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("role", role);
    json.writeStringField("content", content);
    json.writeEndObject();
  }

  private static void writeBlock(JsonGenerator json, BlockRecord block) throws IOException {
    json.writeStartObject();
    json.writeStringField("code", block.code());
    json.writeObjectFieldStart("result");
    json.writeStringField("stdout", block.stdout());
    json.writeStringField("stderr", block.stderr());
    json.writeObjectFieldStart("locals");
    json.writeStringField("context", block.contextPreview());
    for (Variable variable : block.variables()) {
      if (!variable.name().equals("context")) {
        json.writeStringField(variable.name(), variable.preview());
      }
    }
    json.writeEndObject();
    json.writeNumberField("execution_time", seconds(block.elapsed()));
    json.writeArrayFieldStart("rlm_calls");
    for (SubCallRecord call : block.calls()) {
      writeCall(json, call);
    }
    json.writeEndArray();
    writeNullable(json, "final_answer", block.finalAnswer());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeCall(JsonGenerator json, SubCallRecord call) throws IOException {
    ModelUsage usage = call.usage();
    json.writeStartObject();
    json.writeStringField("root_model", call.model());
    json.writeStringField("prompt", call.prompt());
    json.writeStringField("response", call.response());
    // The reference's logger writes the summary, its visualizer reads the two counts.
    json.writeNumberField("prompt_tokens", usage.inputTokens());
    json.writeNumberField("completion_tokens", usage.outputTokens());
    json.writeObjectFieldStart("usage_summary");
    json.writeObjectFieldStart("model_usage_summaries");
    json.writeObjectFieldStart(call.model());
    json.writeNumberField("total_calls", usage.calls());
    json.writeNumberField("total_input_tokens", usage.inputTokens());
    json.writeNumberField("total_output_tokens", usage.outputTokens());
    writeCost(json, usage);
    json.writeEndObject();
    json.writeEndObject();
    writeCost(json, usage);
    json.writeEndObject();
    json.writeNumberField("execution_time", seconds(call.elapsed()));
    json.writeNumberField("prompt_characters", call.promptCharacters());
    json.writeNumberField("response_characters", call.responseCharacters());
    writeNullable(json, "error", call.error());
    if (call.requestedModel().isPresent()) {
      json.writeStringField("requested_model", call.requestedModel().get());
    }
    json.writeEndObject();
  }

  private static void writeCost(JsonGenerator json, ModelUsage usage) throws IOException {
    if (usage.costUsd().isPresent()) {
      json.writeNumberField("total_cost", usage.costUsd().getAsDouble());
    }
  }

  private static void writeNullable(JsonGenerator json, String name, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get());
    } else {
      json.writeNullField(name);
    }
  }

  private byte[] line(Extra fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    // Through a writer, since Jackson's own UTF-8 writer fails on half a surrogate pair, which
    // models and code do write.
    try (JsonGenerator json =
        FACTORY.createGenerator(new OutputStreamWriter(bytes, StandardCharsets.UTF_8))) {
      json.writeStartObject();
      fields.write(json);
      extra.write(json);
      json.writeEndObject();
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
