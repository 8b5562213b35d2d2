package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.pipelines.options.OptionTable.Option;
import java.io.File;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line into Beam's options: {@code --input x} and {@code --input=x} alike. What is
 * wrong is said in a sentence that names the option, its value and what is allowed, or the valid
 * option that is nearest.
 */
public final class CommandLine {
  private CommandLine() {}

  /**
   * The options of a command line.
   *
   * @throws UsageException when an option is unknown, repeated or has a value it does not take
   */
  public static <T extends PipelineOptions> T parse(Class<T> type, List<String> arguments) {
    OptionTable table = OptionTable.of(type);
    List<String> joined = join(table, arguments);
    Set<String> seen = new HashSet<>();
    for (String argument : joined) {
      check(table, argument, seen);
    }
    try {
      return PipelineOptionsFactory.fromArgs(joined.toArray(new String[0])).as(type);
    } catch (IllegalArgumentException e) {
      throw new UsageException(firstLine(e), e);
    }
  }

  /** True when a command line sets an option, in either form. */
  public static boolean names(List<String> arguments, String option) {
    return arguments.stream()
        .anyMatch(
            argument -> argument.equals("--" + option) || argument.startsWith("--" + option + "="));
  }

  private static List<String> join(OptionTable table, List<String> arguments) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.length() == 2) {
        String cure =
            new File(argument).exists()
                ? "quote a glob, so that the shell leaves it alone (--input='*.txt'), or repeat"
                    + " --input."
                : "options begin with two dashes (--input=FILE).";
        throw new UsageException("Unexpected argument '" + argument + "': " + cure);
      }
      @Nullable String next = i + 1 < arguments.size() ? arguments.get(i + 1) : null;
      if (argument.contains("=")) {
        joined.add(argument);
      } else if (isFlag(table, argument)) {
        boolean hasValue = "true".equals(next) || "false".equals(next);
        joined.add(argument + "=" + (hasValue ? next : "true"));
        i += hasValue ? 1 : 0;
      } else if (next != null && !next.startsWith("--")) {
        joined.add(argument + "=" + next);
        i++;
      } else {
        require(table, argument.substring(2));
        throw new UsageException(argument + " needs a value: " + argument + "=VALUE.");
      }
    }
    return joined;
  }

  private static boolean isFlag(OptionTable table, String argument) {
    return table.find(argument.substring(2)).map(Option::isFlag).orElse(false);
  }

  private static void check(OptionTable table, String argument, Set<String> seen) {
    int equals = argument.indexOf('=');
    String name = argument.substring(2, equals);
    String value = argument.substring(equals + 1);
    Option option = require(table, name);
    if (!seen.add(name) && !option.isRepeatable()) {
      throw new UsageException("--" + name + " is given twice; it takes one value.");
    }
    Optional<String> allowed = allowed(option.type(), value);
    if (allowed.isPresent()) {
      throw UsageException.ofValue(name, value, allowed.get());
    }
  }

  private static Option require(OptionTable table, String name) {
    return table
        .find(name)
        .orElseThrow(
            () ->
                new UsageException(
                    "There is no option --"
                        + name
                        + table
                            .nearest(name)
                            .map(near -> "; did you mean --" + near + "?")
                            .orElse(".")
                        + " All options: ./rlm help run"));
  }

  /** What is allowed, if the value is not. */
  private static Optional<String> allowed(Class<?> type, String value) {
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
    boolean flag = type == boolean.class || type == Boolean.class;
    if (flag && !value.equals("true") && !value.equals("false")) {
      return Optional.of("true or false");
    }
    return Optional.empty();
  }

  private static String firstLine(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message.lines().findFirst().orElse(message);
  }
}
