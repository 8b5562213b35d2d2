package dev.rlmbeam.pipelines.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One YAML document of the folder of manifests.
 *
 * @param file it stands in
 * @param content of it
 */
record Manifest(String file, ObjectNode content) {
  static final Path FOLDER = Path.of("../runners-config/flink/kubernetes");

  private static final ObjectReader YAML = new YAMLMapper().readerFor(JsonNode.class);

  /** All of them. */
  static List<Manifest> all() {
    List<Manifest> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : ImmutableList.sortedCopyOf(files.filter(Manifest::isYaml).toList())) {
        try (MappingIterator<JsonNode> documents = YAML.readValues(file.toFile())) {
          documents.forEachRemaining(
              one -> all.add(new Manifest(file.getFileName().toString(), (ObjectNode) one)));
        }
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The only document of a file. */
  static Manifest of(String file) {
    List<Manifest> found = all().stream().filter(one -> one.file.equals(file)).toList();
    if (found.size() != 1) {
      throw new IllegalStateException(file + " has " + found.size() + " documents");
    }
    return found.get(0);
  }

  private static boolean isYaml(Path file) {
    return file.toString().endsWith(".yaml") || file.toString().endsWith(".yml");
  }

  String kind() {
    return content.path("kind").asText();
  }

  /** What is at a JSON pointer; must be there. */
  JsonNode at(String pointer) {
    return content.requiredAt(pointer);
  }

  /** Another one, to be spoiled. */
  Manifest copy() {
    return new Manifest(file, content.deepCopy());
  }

  /** The object at a JSON pointer. */
  ObjectNode object(String pointer) {
    return (ObjectNode) at(pointer);
  }

  /** The texts of a list. */
  List<String> texts(String pointer) {
    return StreamSupport.stream(at(pointer).spliterator(), false).map(JsonNode::textValue).toList();
  }

  /** The options that the job is given. */
  List<String> jobArguments() {
    if (kind().equals("FlinkDeployment")) {
      return texts("/spec/job/args");
    }
    List<String> client = texts("/spec/jobTemplate/spec/template/spec/containers/0/args");
    int jar = client.indexOf("/opt/flink/usrlib/rlm-beam.jar");
    return client.subList(jar + 1, client.size());
  }

  @Override
  public String toString() {
    return file + " " + kind();
  }
}
