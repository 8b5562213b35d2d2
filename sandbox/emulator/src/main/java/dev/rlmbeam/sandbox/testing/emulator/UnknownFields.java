package dev.rlmbeam.sandbox.testing.emulator;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what a message has beyond what it is declared to have. */
final class UnknownFields {
  private UnknownFields() {}

  /** The first, in the words of a violation. */
  static Optional<String> find(Message message) {
    var unknown = message.getUnknownFields().asMap().keySet();
    if (!unknown.isEmpty()) {
      return Optional.of(
          String.format(
              "%s has an unknown field %d",
              message.getDescriptorForType().getFullName(), unknown.iterator().next()));
    }
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      List<?> values =
          field.getKey().isRepeated() ? (List<?>) field.getValue() : List.of(field.getValue());
      for (Object value : values) {
        Optional<String> found = find((Message) value);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
