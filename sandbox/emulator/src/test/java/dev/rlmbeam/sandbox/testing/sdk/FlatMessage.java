package dev.rlmbeam.sandbox.testing.sdk;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A message as paths and values, such as {@code definition.resources.milli_cpu: 500}. A message
 * that is there has an entry of its own, so that an empty one differs from none.
 */
final class FlatMessage {
  private final Map<String, String> values = new TreeMap<>();

  private FlatMessage() {}

  static Map<String, String> of(Message message) {
    FlatMessage flat = new FlatMessage();
    flat.add("", message);
    return flat.values;
  }

  private void add(String prefix, Message message) {
    message
        .getAllFields()
        .forEach((field, value) -> addField(prefix + field.getName(), field, value));
    message
        .getUnknownFields()
        .asMap()
        .keySet()
        .forEach(number -> values.put(prefix + "unknown " + number, "{}"));
  }

  private void addField(String path, FieldDescriptor field, Object value) {
    if (!field.isRepeated()) {
      addValue(path, value);
      return;
    }
    int index = 0;
    for (Object one : (List<?>) value) {
      if (one instanceof MapEntry<?, ?> entry) {
        addValue(path + "[" + entry.getKey() + "]", entry.getValue());
      } else {
        addValue(path + "[" + index++ + "]", one);
      }
    }
  }

  private void addValue(String path, Object value) {
    if (value instanceof Message message) {
      values.put(path, "{}");
      add(path + ".", message);
    } else if (value instanceof ByteString bytes) {
      values.put(path, bytes.toStringUtf8());
    } else {
      values.put(path, value.toString());
    }
  }
}
