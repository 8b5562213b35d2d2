package dev.rlmbeam.pipelines.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.transforms.SchemaTransformProvider;
import org.apache.beam.sdk.schemas.utils.YamlUtils;
import org.apache.beam.sdk.values.Row;

/** A pipeline of Beam YAML, as far as it says something of the RLM; read by Beam's own reader. */
final class BeamYaml {
  private final Map<String, Object> yaml;

  private BeamYaml(Map<String, Object> yaml) {
    this.yaml = yaml;
  }

  /** The example of the documentation. */
  static BeamYaml example() {
    try (InputStream in =
        Objects.requireNonNull(
            BeamYaml.class.getResourceAsStream("/dev/rlmbeam/examples/answers.yaml"))) {
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static BeamYaml of(String text) {
    return new BeamYaml(YamlUtils.yamlStringToMap(text));
  }

  /** The configuration of the first transform of a type. */
  Map<String, Object> config(String type) {
    for (Object transform : list(map(yaml.get("pipeline")).get("transforms"))) {
      if (type.equals(map(transform).get("type"))) {
        return map(map(transform).get("config"));
      }
    }
    throw new AssertionError("no transform of type " + type);
  }

  /** The rows that its Create makes. */
  List<Row> elements(Schema schema) {
    return list(config("Create").get("elements")).stream()
        .map(element -> YamlUtils.toBeamRow(map(element), schema, false))
        .toList();
  }

  /** What Beam's service loader finds under the identifier that the providers name for a type. */
  SchemaTransformProvider provider(String type) {
    Object identifier = map(map(list(yaml.get("providers")).get(0)).get("transforms")).get(type);
    return provider(ServiceLoader.load(SchemaTransformProvider.class), (String) identifier);
  }

  private static SchemaTransformProvider provider(
      Iterable<SchemaTransformProvider> found, String identifier) {
    for (SchemaTransformProvider provider : found) {
      if (provider.identifier().equals(identifier)) {
        return provider;
      }
    }
    throw new AssertionError("the service loader does not find " + identifier);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }
}
