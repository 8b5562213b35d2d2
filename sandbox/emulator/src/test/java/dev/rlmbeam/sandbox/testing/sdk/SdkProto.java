package dev.rlmbeam.sandbox.testing.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Modal's SDK for JavaScript knows of the service: read from the code that ts-proto made of
 * Modal's own proto, since the package holds no descriptor.
 *
 * @param messages their fields by name, by the message's name; one that stands in another is named
 *     {@code Outer_Inner}
 * @param enums their values' names by number, by the enum's name
 * @param rpcs of the service that clients call, by name
 */
record SdkProto(
    Map<String, Map<String, Field>> messages,
    Map<String, Map<Integer, String>> enums,
    Map<String, Rpc> rpcs) {

  /** How often a field is there. */
  enum Label {
    /** Once; its default is as good as its lack. */
    PLAIN,
    /** Once or not at all, and that makes a difference. */
    OPTIONAL,
    /** Many times. */
    REPEATED,
    /** Many times, in one piece. */
    PACKED,
    /** As pairs. */
    MAP
  }

  /**
   * A field.
   *
   * @param tag number and wire type, as on the wire
   * @param type a scalar's name, or that of a message
   * @param enumType name of the enum whose values it holds; empty if of none
   */
  record Field(int tag, String type, String enumType, Label label) {}

  /** A call. */
  record Rpc(String request, boolean requestStream, String response, boolean responseStream) {}

  private static final Pattern MESSAGE =
      Pattern.compile(
          "^var (\\w+) = \\{\\n  encode\\(\\w+, writer = new BinaryWriter\\(\\)\\) \\{\\n"
              + "(.*?)^  \\},\\n(.*?)^\\};",
          Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern STEP =
      Pattern.compile(
          "if \\(message\\.(?<one>\\w+)(?:\\.length)? !== (?<unless>void 0)?"
              + "|for \\(const v of message\\.(?<many>\\w+)\\)"
              + "|Object\\.entries\\(message\\.(?<pairs>\\w+)\\)"
              + "|(?<type>\\w+)\\.encode\\("
              + "|writer\\.uint32\\((?<tag>\\d+)\\)\\.(?<scalar>\\w+)\\("
              + "|writer\\.(?<packed>\\w+)\\(v\\)");

  private static final Pattern ENUM_OF_FIELD =
      Pattern.compile(
          "(\\w+)FromJSON\\(object\\.(\\w+)\\)|object\\.(\\w+)\\.map\\(\\(e\\) => (\\w+)FromJSON\\(e\\)\\)");

  private static final Pattern ENUM =
      Pattern.compile(
          "^function (\\w+)FromJSON\\(object\\) \\{\\n  switch \\(object\\) \\{\\n(.*?)^\\}",
          Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern VALUE = Pattern.compile("case (-?\\d+):\\s+case \"(\\w+)\":");

  private static final Pattern SERVICE =
      Pattern.compile(
          "^var ModalClientDefinition = \\{\\n(.*?)^\\};", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern RPC =
      Pattern.compile(
          "name: \"(\\w+)\",\\s+requestType: (\\w+),\\s+requestStream: (\\w+),"
              + "\\s+responseType: (\\w+),\\s+responseStream: (\\w+),");

  /** Of a package's only file. */
  static SdkProto read(Path bundle) {
    try {
      return parse(Files.readString(bundle));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SdkProto parse(String code) {
    Map<String, Map<String, Field>> messages = new HashMap<>();
    Matcher message = MESSAGE.matcher(code);
    while (message.find()) {
      messages.put(message.group(1), fields(message.group(2), enumsOfFields(message.group(3))));
    }
    return new SdkProto(messages, enums(code), rpcs(code));
  }

  private static Map<String, String> enumsOfFields(String fromJson) {
    Map<String, String> enums = new HashMap<>();
    Matcher field = ENUM_OF_FIELD.matcher(fromJson);
    while (field.find()) {
      boolean one = field.group(1) != null;
      enums.put(field.group(one ? 2 : 3), capital(field.group(one ? 1 : 4)));
    }
    return enums;
  }

  /** Follows the code line by line: which field it looks at, then how it writes it. */
  private static Map<String, Field> fields(String encode, Map<String, String> enums) {
    Map<String, Field> fields = new HashMap<>();
    String name = "";
    String type = "";
    Label label = Label.PLAIN;
    int packedTag = 0;
    Matcher step = STEP.matcher(encode);
    while (step.find()) {
      if (step.group("one") != null) {
        name = step.group("one");
        label = step.group("unless") == null ? Label.PLAIN : Label.OPTIONAL;
      } else if (step.group("many") != null) {
        name = step.group("many");
        label = packedTag == 0 ? Label.REPEATED : Label.PACKED;
      } else if (step.group("pairs") != null) {
        name = step.group("pairs");
        label = Label.MAP;
      } else if (step.group("type") != null) {
        type = step.group("type");
      } else if (step.group("packed") != null) {
        String enumType = enums.getOrDefault(name, "");
        fields.put(name, new Field(packedTag, step.group("packed"), enumType, label));
        packedTag = 0;
      } else if (!step.group("scalar").equals("fork")) {
        String enumType = enums.getOrDefault(name, "");
        int tag = Integer.parseInt(step.group("tag"));
        fields.put(name, new Field(tag, step.group("scalar"), enumType, label));
      } else if (type.isEmpty()) {
        packedTag = Integer.parseInt(step.group("tag"));
      } else {
        fields.put(name, new Field(Integer.parseInt(step.group("tag")), type, "", label));
        type = "";
      }
    }
    return fields;
  }

  private static Map<String, Map<Integer, String>> enums(String code) {
    Map<String, Map<Integer, String>> enums = new HashMap<>();
    Matcher one = ENUM.matcher(code);
    while (one.find()) {
      Map<Integer, String> values = new HashMap<>();
      Matcher value = VALUE.matcher(one.group(2));
      while (value.find()) {
        values.put(Integer.valueOf(value.group(1)), value.group(2));
      }
      enums.put(capital(one.group(1)), values);
    }
    return enums;
  }

  private static Map<String, Rpc> rpcs(String code) {
    Map<String, Rpc> rpcs = new HashMap<>();
    Matcher service = SERVICE.matcher(code);
    if (service.find()) {
      Matcher rpc = RPC.matcher(service.group(1));
      while (rpc.find()) {
        rpcs.put(
            rpc.group(1),
            new Rpc(
                rpc.group(2),
                Boolean.parseBoolean(rpc.group(3)),
                rpc.group(4),
                Boolean.parseBoolean(rpc.group(5))));
      }
    }
    return rpcs;
  }

  private static String capital(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
