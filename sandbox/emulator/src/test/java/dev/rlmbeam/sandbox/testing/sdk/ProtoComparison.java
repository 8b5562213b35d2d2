package dev.rlmbeam.sandbox.testing.sdk;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.WireFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Holds a part of Modal's service against what the SDK knows of it. */
final class ProtoComparison {
  private final SdkProto sdk;
  private final List<String> differences = new ArrayList<>();
  private int compared;

  private ProtoComparison(SdkProto sdk) {
    this.sdk = sdk;
  }

  /** All of the file against all of the SDK; what the SDK has beyond it does not matter. */
  static ProtoComparison of(FileDescriptor file, SdkProto sdk) {
    ProtoComparison comparison = new ProtoComparison(sdk);
    file.getMessageTypes().forEach(comparison::message);
    file.getEnumTypes().forEach(comparison::enumeration);
    file.getServices().forEach(comparison::service);
    return comparison;
  }

  /** One line for each, with what ours is and what the SDK's. */
  List<String> differences() {
    return differences;
  }

  /** How many fields, values of enums and calls were held against the SDK's. */
  int compared() {
    return compared;
  }

  private void message(Descriptor ours) {
    Map<String, SdkProto.Field> theirs = sdk.messages().get(name(ours));
    if (theirs == null) {
      differences.add("no message " + name(ours));
      return;
    }
    for (FieldDescriptor field : ours.getFields()) {
      differ(
          name(ours) + "." + field.getName(), inTheirWords(field), theirs.get(field.getJsonName()));
    }
    ours.getNestedTypes().forEach(this::message);
    ours.getEnumTypes().forEach(this::enumeration);
  }

  private void enumeration(EnumDescriptor ours) {
    Map<Integer, String> theirs = sdk.enums().getOrDefault(name(ours), Map.of());
    for (EnumValueDescriptor value : ours.getValues()) {
      differ(name(ours) + " " + value.getNumber(), value.getName(), theirs.get(value.getNumber()));
    }
  }

  private void service(ServiceDescriptor ours) {
    for (MethodDescriptor method : ours.getMethods()) {
      SdkProto.Rpc rpc =
          new SdkProto.Rpc(
              name(method.getInputType()),
              method.isClientStreaming(),
              name(method.getOutputType()),
              method.isServerStreaming());
      differ("rpc " + method.getName(), rpc, sdk.rpcs().get(method.getName()));
    }
  }

  private void differ(String what, Object ours, Object theirs) {
    compared++;
    if (!ours.equals(theirs)) {
      differences.add(what + ": ours is " + ours + ", the SDK's is " + theirs);
    }
  }

  private static SdkProto.Field inTheirWords(FieldDescriptor field) {
    int wire =
        field.isPacked() ? WireFormat.WIRETYPE_LENGTH_DELIMITED : field.getLiteType().getWireType();
    String type =
        switch (field.getJavaType()) {
          case MESSAGE -> name(field.getMessageType());
          case ENUM -> "int32";
          case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
              field.getType().name().toLowerCase(Locale.ROOT);
        };
    String enumType =
        field.getJavaType() == FieldDescriptor.JavaType.ENUM ? name(field.getEnumType()) : "";
    return new SdkProto.Field(field.getNumber() << 3 | wire, type, enumType, label(field));
  }

  private static SdkProto.Label label(FieldDescriptor field) {
    if (field.isMapField()) {
      return SdkProto.Label.MAP;
    }
    if (field.isRepeated()) {
      return field.isPacked() ? SdkProto.Label.PACKED : SdkProto.Label.REPEATED;
    }
    return field.hasPresence() ? SdkProto.Label.OPTIONAL : SdkProto.Label.PLAIN;
  }

  private static String name(GenericDescriptor type) {
    String full = type.getFullName();
    String inPackage = full.substring(type.getFile().getPackage().length() + 1);
    return inPackage.replace('.', '_');
  }
}
