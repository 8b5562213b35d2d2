package dev.rlmbeam.pipelines.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
 * is declared. Thread-safe.
 */
public final class OptionTable {

  /**
   * One option.
   *
   * @param name as on the command line, without dashes
   * @param type of its value
   * @param description for a person
   * @param defaultValue as written; empty when there is none
   * @param group what it is about; empty for those of Beam and of a runner
   * @param sample what stands for its value in help; empty for a flag
   * @param place where in its group
   * @param rare whether only full help shows it
   * @param getter that tells its value
   */
  public record Option(
      String name,
      Class<?> type,
      String description,
      String defaultValue,
      Optional<OptionGroup> group,
      String sample,
      int place,
      boolean rare,
      Method getter) {
    /** True when it may stand without a value. */
    public boolean isFlag() {
      return type == boolean.class || type == Boolean.class;
    }

    /** True when it may be given more than once. */
    public boolean isRepeatable() {
      return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  // Beam hides them, and yet they are of use: a job in streaming mode, another service than
  // Google's.
  private static final Set<String> SHOWN = Set.of("isStreaming", "getGcsEndpoint");

  private static final Comparator<Option> IN_GROUPS =
      Comparator.comparing((Option option) -> option.group().orElse(OptionGroup.COMMAND))
          .thenComparing(Option::place)
          .thenComparing(Option::name);

  private final Class<? extends PipelineOptions> type;
  private final Map<String, Option> own;
  private @Nullable Map<String, Option> all;

  private OptionTable(Class<? extends PipelineOptions> type, Map<String, Option> own) {
    this.type = type;
    this.own = own;
  }

  /** The options of an interface, with those of Beam and of the runners present behind them. */
  public static OptionTable of(Class<? extends PipelineOptions> type) {
    Map<String, Option> own = new LinkedHashMap<>();
    Arrays.stream(type.getMethods())
        .filter(method -> isOurs(method.getDeclaringClass()))
        .map(OptionTable::option)
        .flatMap(Optional::stream)
        .sorted(IN_GROUPS)
        .forEach(option -> own.put(option.name(), option));
    return new OptionTable(type, own);
  }

  private static boolean isOurs(Class<?> declaring) {
    return declaring.getName().startsWith("dev.rlmbeam.");
  }

  /** The command's own options, in the order in which help shows them. */
  public List<Option> own() {
    return List.copyOf(own.values());
  }

  /** Those of Beam and of the runners present, by their names. */
  public List<Option> ofRunner() {
    return all().values().stream().filter(option -> !own.containsKey(option.name())).toList();
  }

  /** True when the command itself has an option of this name. */
  public boolean isOwn(String name) {
    return own.containsKey(name);
  }

  /** Made when it is needed: finding all runners' options takes Beam a while. */
  private synchronized Map<String, Option> all() {
    if (all == null) {
      Map<String, Option> found = new TreeMap<>();
      PipelineOptionsFactory.register(type);
      for (Class<? extends PipelineOptions> registered :
          PipelineOptionsFactory.getRegisteredOptions()) {
        if (!isOurs(registered)) {
          for (Method method : registered.getMethods()) {
            option(method).ifPresent(option -> found.put(option.name(), option));
          }
        }
      }
      found.putAll(own);
      all = found;
    }
    return all;
  }

  /**
   * The values that the command's own options have, as text; options without a value are left out.
   */
  public Map<String, String> values(PipelineOptions options) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Option option : own.values()) {
      Object value = called(option.getter(), options);
      if (value != null) {
        values.put(option.name(), shown(option, value));
      }
    }
    return values;
  }

  private static String shown(Option option, Object value) {
    if (value instanceof Collection<?> several) {
      if (option.name().equals("sandboxEnv")) { // no keys belong there, and yet
        return several.stream()
            .map(pair -> String.valueOf(pair).replaceFirst("=(?s:.*)", "=…"))
            .collect(Collectors.joining(","));
      }
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
    return value(options, name) instanceof Integer number
        ? OptionalInt.of(number)
        : OptionalInt.empty();
  }

  /** The same for any other option, as text. */
  public static Optional<String> text(PipelineOptions options, String name) {
    return Optional.ofNullable(value(options, name)).map(String::valueOf);
  }

  private static @Nullable Object value(PipelineOptions options, String name) {
    String getter = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    for (Class<? extends PipelineOptions> registered :
        PipelineOptionsFactory.getRegisteredOptions()) {
      for (Method method : registered.getMethods()) {
        if (method.getName().equals("get" + getter) || method.getName().equals("is" + getter)) {
          return called(method, options.as(registered));
        }
      }
    }
    return null;
  }

  private static @Nullable Object called(Method getter, PipelineOptions options) {
    try {
      return getter.invoke(options);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("an option has a getter: " + getter.getName(), e);
    }
  }

  /** The option of this name. */
  public Optional<Option> find(String name) {
    return Optional.ofNullable(own.get(name)).or(() -> Optional.ofNullable(all().get(name)));
  }

  /**
   * The valid name that is nearest to a wrong one, if any is near; the command's own come first.
   */
  public Optional<String> nearest(String wrong) {
    return EditDistance.nearest(wrong, own.keySet())
        .or(() -> EditDistance.nearest(wrong, all().keySet()));
  }

  private static Optional<Option> option(Method method) {
    String getter = method.getName();
    int prefix = getter.startsWith("get") ? 3 : getter.startsWith("is") ? 2 : 0;
    if (prefix == 0
        || getter.length() == prefix
        || method.getParameterCount() != 0
        || method.getDeclaringClass() == Object.class
        // Beam hides what pipelines set for themselves; ours leave this one to people.
        || (method.isAnnotationPresent(Hidden.class) && !SHOWN.contains(getter))) {
      return Optional.empty();
    }
    String name = Character.toLowerCase(getter.charAt(prefix)) + getter.substring(prefix + 1);
    Description description = method.getAnnotation(Description.class);
    Optional<OptionGroup.In> in = Optional.ofNullable(method.getAnnotation(OptionGroup.In.class));
    return Optional.of(
        new Option(
            name,
            method.getReturnType(),
            description == null ? "" : description.value(),
            defaultValue(method),
            in.map(OptionGroup.In::value),
            in.map(OptionGroup.In::sample).orElse(""),
            in.map(OptionGroup.In::place).orElse(0),
            in.map(OptionGroup.In::rare).orElse(false),
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
