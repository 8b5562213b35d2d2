package dev.rlmbeam.pipelines.schema;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which field of a row is what, as the configuration says it. Immutable.
 *
 * @param named the keys that were given, with the names of fields
 */
record InputFields(Map<String, String> named) implements Serializable {
  static final String QUERY = "query_field";
  static final String CONTEXT = "context_field";
  static final String CONTEXT_URI = "context_uri_field";
  static final String ID = "id_field";
  static final String SOURCE = "source_field";

  private static final Map<String, String> DEFAULTS =
      Map.of(QUERY, "query", CONTEXT, "context", ID, "id", SOURCE, "source");

  // Like options of the command line, but of rows: these have a schema, and come from no file.
  static final Map<String, String> DESCRIPTIONS =
      Map.of(
          QUERY,
          "Field of the row that holds the question: a text. Default: query.",
          CONTEXT,
          "Field of the row that holds the context: a text, or a list, map or row of texts, numbers"
              + " and booleans, which is a list or dict for the code. Default: context.",
          CONTEXT_URI,
          "Field of the row that holds a path or URI of the context, a text that the worker streams"
              + " from there; then context_field counts for nothing. Default: none.",
          ID,
          "Field of the row that names the task: a text or a whole number. Rows without it get a"
              + " hash of their content. Default: id.",
          SOURCE,
          "Field of the row that says where it came from, for failures: a text. Default: source.");

  InputFields {
    named = Map.copyOf(named);
  }

  static InputFields of(Map<String, Object> configuration) {
    Map<String, String> named = new TreeMap<>();
    for (String key : DESCRIPTIONS.keySet()) {
      if (configuration.containsKey(key)) {
        named.put(key, ConfigurationValues.name(key, configuration.get(key)));
      }
    }
    return new InputFields(named);
  }

  /** True when the configuration names the field, so that every row has to have it. */
  boolean isNamed(String key) {
    return named.containsKey(key);
  }

  /** The field's name; empty for none. */
  String name(String key) {
    return named.getOrDefault(key, DEFAULTS.getOrDefault(key, ""));
  }
}
