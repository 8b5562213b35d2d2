package dev.rlmbeam.pipelines.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * The options that a command line may name: those of the run, and those of Beam and the runner that
 * are on the class path. Read from the interfaces, so that help and errors cannot differ from what
 * is declared. Immutable.
 */
public final class OptionTable {

  /**
   * One option.
   *
   * @param name as on the command line, without dashes
   * @param type of its value
   * @param description for a person
   * @param defaultValue as written; empty when there is none
   * @param getter that tells its value
   */
  public record Option(
      String name, Class<?> type, String description, String defaultValue, Method getter) {
    boolean isFlag() {
      return type == boolean.class || type == Boolean.class;
    }

    boolean isRepeatable() {
      return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Option> own;
  private final Map<String, Option> all;

  private OptionTable(Map<String, Option> own, Map<String, Option> all) {
    this.own = own;
    this.all = all;
  }

  /** The options of an interface, with those of Beam and of the runners present behind them. */
  public static OptionTable of(Class<? extends PipelineOptions> options) {
    Map<String, Option> own = new LinkedHashMap<>();
    for (Class<?> declaring : List.of(RlmOptions.class, options)) {
      collect(declaring, own);
    }
    Map<String, Option> all = new TreeMap<>();
    PipelineOptionsFactory.register(options);
    for (Class<? extends PipelineOptions> registered :
        PipelineOptionsFactory.getRegisteredOptions()) {
      for (Method method : registered.getMethods()) {
        option(method).ifPresent(option -> all.put(option.name(), option));
      }
    }
    all.putAll(own);
    return new OptionTable(own, all);
  }

  /** The run's own options, in the order in which help shows them. */
  public List<Option> own() {
    return List.copyOf(own.values());
  }

  /** The values that the run's own options have, as text; options without a value are left out. */
  public Map<String, String> values(PipelineOptions options) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Option option : own.values()) {
      Object value = value(options, option);
      if (value != null) {
        values.put(option.name(), shown(option, value));
      }
    }
    return values;
  }

  private static @Nullable Object value(PipelineOptions options, Option option) {
    try {
      return option.getter().invoke(options);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("an option has a getter: " + option.name(), e);
    }
  }

  private static String shown(Option option, Object value) {
    if (value instanceof Collection<?> several) {
      return several.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    return option.name().equals("modelBody") ? fieldsOnly(value.toString()) : value.toString();
  }

  /** Some services take keys in the body, at any depth; none may stand in a summary. */
  private static String fieldsOnly(String body) {
    ObjectNode shown = JSON.createObjectNode();
    try {
      JSON.readTree(body).fieldNames().forEachRemaining(name -> shown.put(name, "…"));
      return shown.toString();
    } catch (JsonProcessingException e) {
      return "…";
    }
  }

  /**
   * A number that a runner's option has, by name, since no runner is needed to build. Empty when
   * there is no such option.
   */
  public static OptionalInt number(PipelineOptions options, String name) {
    return OptionTable.of(BatchOptions.class)
        .find(name)
        .map(
            option ->
                value(
                    options.as(
                        option.getter().getDeclaringClass().asSubclass(PipelineOptions.class)),
                    option))
        .map(
            value -> value instanceof Integer number ? OptionalInt.of(number) : OptionalInt.empty())
        .orElse(OptionalInt.empty());
  }

  Optional<Option> find(String name) {
    return Optional.ofNullable(all.get(name));
  }

  /** The valid name that is nearest to a wrong one, if any is near; the run's own come first. */
  Optional<String> nearest(String wrong) {
    return EditDistance.nearest(wrong, own.keySet())
        .or(() -> EditDistance.nearest(wrong, all.keySet()));
  }

  private static void collect(Class<?> declaring, Map<String, Option> into) {
    List<Method> methods = new ArrayList<>(List.of(declaring.getDeclaredMethods()));
    methods.sort(Comparator.comparing(Method::getName));
    for (Method method : methods) {
      option(method).ifPresent(option -> into.put(option.name(), option));
    }
  }

  private static Optional<Option> option(Method method) {
    String getter = method.getName();
    int prefix = getter.startsWith("get") ? 3 : getter.startsWith("is") ? 2 : 0;
    if (prefix == 0
        || getter.length() == prefix
        || method.getParameterCount() != 0
        || method.getDeclaringClass() == Object.class
        || method.isAnnotationPresent(Hidden.class)) {
      return Optional.empty();
    }
    String name = Character.toLowerCase(getter.charAt(prefix)) + getter.substring(prefix + 1);
    Description description = method.getAnnotation(Description.class);
    return Optional.of(
        new Option(
            name,
            method.getReturnType(),
            description == null ? "" : description.value(),
            defaultValue(method),
            method));
  }

  private static String defaultValue(Method method) {
    for (Annotation annotation : method.getAnnotations()) {
      if (annotation.annotationType().getEnclosingClass() == Default.class) {
        return value(annotation);
      }
    }
    return "";
  }

  private static String value(Annotation annotation) {
    try {
      Object value = annotation.annotationType().getMethod("value").invoke(annotation);
      return value instanceof Class ? "" : String.valueOf(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a @Default of Beam has a value()", e);
    }
  }
}
