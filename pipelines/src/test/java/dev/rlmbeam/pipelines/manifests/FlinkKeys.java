package dev.rlmbeam.pipelines.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The keys that Flink's core declares. One that it does not know it would pass over in silence. */
final class FlinkKeys {
  private static final Map<String, ConfigOption<?>> DECLARED = declared();

  private FlinkKeys() {}

  /** What is wrong with settings: unknown keys, and values that a key does not take. */
  static List<String> errors(JsonNode settings) {
    List<String> errors = new ArrayList<>();
    for (Entry<String, JsonNode> one : settings.properties()) {
      ConfigOption<?> option = DECLARED.get(one.getKey());
      if (option == null) {
        errors.add("unknown: " + one.getKey());
      } else {
        Configuration configuration = new Configuration();
        configuration.setString(one.getKey(), one.getValue().asText());
        try {
          var unused = configuration.getOptional(option).orElseThrow();
        } catch (IllegalArgumentException e) {
          errors.add(one.getKey() + ": " + e.getMessage());
        }
      }
    }
    return errors;
  }

  static long bytes(String size) {
    return MemorySize.parse(size).getBytes();
  }

  private static Map<String, ConfigOption<?>> declared() {
    Map<String, ConfigOption<?>> found = new TreeMap<>();
    for (Class<?> type : optionTypes()) {
      for (Field field : type.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
          ConfigOption<?> option = option(field);
          found.put(option.key(), option);
        }
      }
    }
    return found;
  }

  private static ConfigOption<?> option(Field field) {
    try {
      return (ConfigOption<?>) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a public constant can be read: " + field, e);
    }
  }

  /** Flink keeps its options in one package, in types whose names end alike. */
  private static List<Class<?>> optionTypes() {
    Class<?> one = ConfigOption.class;
    URI jar = URI.create("jar:" + one.getProtectionDomain().getCodeSource().getLocation());
    try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
        Stream<Path> entries = Files.list(files.getPath(one.getPackageName().replace('.', '/')))) {
      List<Class<?>> types = new ArrayList<>();
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.matches("[A-Za-z]+Options\\.class")) {
          types.add(Class.forName(one.getPackageName() + "." + name.replace(".class", "")));
        }
      }
      return types;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("a class of the jar can be loaded", e);
    }
  }
}
