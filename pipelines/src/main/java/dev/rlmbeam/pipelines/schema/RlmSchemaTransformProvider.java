package dev.rlmbeam.pipelines.schema;

import dev.rlmbeam.pipelines.options.UsageException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.transforms.SchemaTransform;
import org.apache.beam.sdk.schemas.transforms.SchemaTransformProvider;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Offers {@link dev.rlmbeam.transforms.RlmTransform} to Beam YAML and to pipelines in other
 * languages, which find it by {@link #IDENTIFIER} through Beam's service loader.
 *
 * <p>The collection {@value #INPUT} has rows with a query and a context. Each row comes out as one
 * row of {@value #OUTPUT}, in the form of {@link dev.rlmbeam.transforms.RlmRows#RESULT}, or as one
 * row of {@value #ERRORS}, in the form of {@link dev.rlmbeam.transforms.RlmRows#FAILURE}, with its
 * timestamp and windows. With {@code error_handling: {output: NAME}} the latter collection has that
 * name.
 *
 * <p>Thread-safe.
 */
public final class RlmSchemaTransformProvider implements SchemaTransformProvider {

  /** The transform's name for Beam. */
  public static final String IDENTIFIER = "beam:schematransform:dev.rlmbeam:rlm:v1";

  /** The collection of rows that are asked about. */
  public static final String INPUT = "input";

  /** The collection of results. */
  public static final String OUTPUT = "output";

  /** The collection of failures, unless the configuration names another. */
  public static final String ERRORS = "errors";

  /** For the service loader. */
  public RlmSchemaTransformProvider() {}

  @Override
  public String identifier() {
    return IDENTIFIER;
  }

  @Override
  public String description() {
    return "Runs a Recursive Language Model over each row: a root model writes Python for a REPL in"
        + " a sandbox that holds the row's context, and asks sub-models from there, until it sets"
        + " its answer.";
  }

  /** One nullable field for each key, named in {@code snake_case} as Beam's own are. */
  @Override
  public Schema configurationSchema() {
    return ConfigurationKeys.schema();
  }

  /**
   * The transform that a configuration describes. The row need not have all fields of {@link
   * #configurationSchema()}; one that it lacks, and one that is null, has its default.
   *
   * @throws UsageException that names the key or the option, its value and what is allowed
   */
  @Override
  public SchemaTransform from(Row configuration) {
    return from(ConfigurationValues.of(configuration));
  }

  /**
   * The same for a configuration as it is read from YAML or JSON. Unlike Beam's own way from such a
   * map to a row, this one does not pass over keys that there are not.
   *
   * @throws UsageException that names the key or the option, its value and what is allowed
   */
  public SchemaTransform from(Map<String, ? extends @Nullable Object> configuration) {
    return new RlmSchemaTransform(Configuration.of(configuration));
  }

  @Override
  public List<String> inputCollectionNames() {
    return List.of(INPUT);
  }

  @Override
  public List<String> outputCollectionNames() {
    return List.of(OUTPUT, ERRORS);
  }
}
