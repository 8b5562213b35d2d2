package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/**
 * An answer on its way into a sandbox, as the bytes of its JSON. Immutable.
 *
 * @param id of the query
 * @param json {@code {"id", "response"}}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a copy could be 60 MB
record Reply(String id, byte[] json) {
  private static final MediaType JSON = MediaType.get("application/json");

  static Reply of(ModelQuery query, ModelAnswer answer) {
    if (answer.error().isPresent()) {
      return error(query.id(), answer.error().get());
    }
    int wanted = query.batched() ? query.prompts().size() : 1;
    int got = answer.responses().size();
    if (got != wanted) {
      return error(query.id(), "the host has " + got + " answers to " + wanted + " prompts");
    }
    ObjectNode reply = Json.object().put("id", query.id());
    ObjectNode response = reply.putObject("response");
    if (query.batched()) {
      ArrayNode responses = response.putArray("responses");
      answer.responses().forEach(text -> responses.add(Json.wellFormed(text)));
    } else {
      response.put("response", Json.wellFormed(answer.responses().get(0)));
    }
    return new Reply(query.id(), Json.bytes(reply));
  }

  static Reply error(String id, String message) {
    ObjectNode reply = Json.object().put("id", id);
    reply.putObject("response").put("error", Json.wellFormed(message));
    return new Reply(id, Json.bytes(reply));
  }

  /** One call's body for all of them. */
  static RequestBody body(List<Reply> replies) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("{\"answers\":[".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < replies.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(replies.get(i).json());
    }
    out.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
    return RequestBody.create(out.toByteArray(), JSON);
  }
}
