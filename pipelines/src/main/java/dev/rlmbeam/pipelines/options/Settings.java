package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.pipelines.options.GivenOptions.Given;
import dev.rlmbeam.pipelines.options.OptionTable.Option;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Makes Beam's options of those that were given, and says in a sentence which of them is wrong. */
public final class Settings {
  private Settings() {}

  /**
   * The options, with defaults where nothing is given.
   *
   * @throws UsageException when one is unknown or has a value that its type does not take
   */
  public static <T extends PipelineOptions> T of(Class<T> type, GivenOptions given) {
    OptionTable table = OptionTable.of(type);
    for (Given one : given.all()) {
      if (table.isOwn(one.name())) { // of a runner's options the runner speaks
        table
            .find(one.name())
            .flatMap(option -> allowed(option, one.value()))
            .ifPresent(allowed -> refuse(one, allowed));
      }
    }
    String[] arguments =
        given.all().stream()
            .map(one -> "--" + one.name() + "=" + one.value())
            .toArray(String[]::new);
    try {
      return PipelineOptionsFactory.fromArgs(arguments).as(type);
    } catch (IllegalArgumentException e) {
      throw new UsageException(firstLine(e), e);
    }
  }

  private static void refuse(Given one, String allowed) {
    throw new UsageException(one.shown() + ": must be " + allowed + ".");
  }

  /** What is allowed, if the value is not. */
  private static Optional<String> allowed(Option option, String value) {
    Class<?> type = option.type();
    try {
      if (type == int.class || type == Integer.class) {
        Integer.parseInt(value);
      } else if (type == long.class || type == Long.class) {
        Long.parseLong(value);
      } else if (type == double.class || type == Double.class) {
        Double.parseDouble(value);
      }
    } catch (NumberFormatException e) {
      boolean whole = type != double.class && type != Double.class;
      return Optional.of(whole ? "a whole number" : "a number");
    }
    return option.isFlag() && !value.equals("true") && !value.equals("false")
        ? Optional.of("true or false")
        : Optional.empty();
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message.lines().findFirst().orElse(message);
  }
}
