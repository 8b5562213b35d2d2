package dev.rlmbeam.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.util.StringUtils;
import org.xerial.snappy.SnappyError;
import org.xerial.snappy.SnappyInputStream;

/**
 * All that stands in a job, one form below the other: its text, each text in it as the bytes that
 * Dataflow's escapes stand for, and each Java object in those, which Beam has compressed.
 */
final class JobBytes {
  private static final byte[] COMPRESSED = {-126, 'S', 'N', 'A', 'P', 'P', 'Y', 0};

  private static final int MOST = 16 << 20;

  private final List<String> layers = new ArrayList<>();

  /** All of a posted job. */
  static JobBytes of(CapturedJob captured) throws IOException {
    JobBytes all = new JobBytes();
    for (CapturedJob.Call call : captured.calls()) {
      all.layers.add(call.url());
      all.add(call.body().getBytes(StandardCharsets.UTF_8));
    }
    all.addTexts(captured.job());
    captured.graphs().values().forEach(all::add);
    return all;
  }

  boolean contain(String text) {
    return layers.stream().anyMatch(layer -> layer.contains(text));
  }

  private void addTexts(JsonNode node) {
    if (node.isTextual()) {
      byte[] bytes = StringUtils.jsonStringToByteArray(node.asText());
      if (bytes.length > 0) {
        add(bytes);
      }
    }
    node.forEach(this::addTexts);
  }

  private void add(byte[] bytes) {
    layers.add(new String(bytes, StandardCharsets.ISO_8859_1));
    for (int i = 0; i + COMPRESSED.length <= bytes.length; i++) {
      if (startsAt(bytes, i)) {
        layers.add(inflated(bytes, i));
      }
    }
  }

  private static boolean startsAt(byte[] bytes, int at) {
    for (int i = 0; i < COMPRESSED.length; i++) {
      if (bytes[at + i] != COMPRESSED[i]) {
        return false;
      }
    }
    return true;
  }

  /** As far as it goes: what follows in the file is no part of the stream. */
  private static String inflated(byte[] bytes, int from) {
    StringBuilder text = new StringBuilder();
    try (InputStream in =
        new SnappyInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from), MOST)) {
      for (int next = in.read(); next >= 0; next = in.read()) {
        text.append((char) next);
      }
    } catch (IOException | SnappyError e) {
      text.append('\n');
    }
    return text.toString();
  }
}
