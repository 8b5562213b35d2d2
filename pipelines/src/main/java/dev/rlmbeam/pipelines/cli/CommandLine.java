package dev.rlmbeam.pipelines.cli;

import dev.rlmbeam.pipelines.options.GivenOptions;
import dev.rlmbeam.pipelines.options.GivenOptions.Given;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.Settings;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptions;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reads what stands behind a command's name: {@code --input x} and {@code --input=x} alike. What is
 * wrong is said in a sentence that names the option, its value and what is allowed, or the valid
 * option that is nearest.
 */
public final class CommandLine {
  private CommandLine() {}

  /**
   * Splits a command line into options and words.
   *
   * @throws UsageException when an option is unknown, repeated or without its value
   */
  public static Arguments read(CommandShape shape, List<String> arguments) {
    OptionTable table = OptionTable.of(shape.options());
    boolean known = arguments.stream().allMatch(argument -> isOwn(table, argument));
    CommandSpec spec = Specs.read(shape, table, !known && shape.takesRunnerOptions());
    picocli.CommandLine parser = new picocli.CommandLine(spec).setExpandAtFiles(false);
    try {
      return arguments(parser.parseArgs(arguments.toArray(new String[0])));
    } catch (UnmatchedArgumentException e) {
      throw unmatched(shape, table, e);
    } catch (OverwrittenOptionException e) {
      throw new UsageException(overwritten(e) + " is given twice; it takes one value.", e);
    } catch (MissingParameterException e) {
      throw missing(shape, e);
    } catch (ParameterException e) {
      if (e.getArgSpec() instanceof OptionSpec option && option.type() == boolean.class) {
        throw UsageException.ofValue(name(e).substring(2), e.getValue(), "true or false");
      }
      throw new UsageException(e.getMessage() + ".\nAll options: ./rlm help " + shape.name(), e);
    }
  }

  /**
   * The options of a command line that has nothing else.
   *
   * @throws UsageException when an option is unknown, repeated or has a value it does not take
   */
  public static <T extends PipelineOptions> T parse(Class<T> type, List<String> arguments) {
    CommandShape shape = new CommandShape("run", "", "", List.of(), type, Set.of(), true);
    return Settings.of(type, read(shape, arguments).options());
  }

  private static boolean isOwn(OptionTable table, String argument) {
    return !argument.startsWith("--") || table.isOwn(argument.substring(2).replaceFirst("=.*", ""));
  }

  private static Arguments arguments(ParseResult parsed) {
    List<Given> given = new ArrayList<>();
    for (OptionSpec option : new LinkedHashSet<>(parsed.matchedOptions())) {
      String name = option.longestName().substring(2);
      Object value = option.getValue();
      List<?> values = value instanceof List<?> several ? several : List.of(value);
      values.forEach(one -> given.add(new Given(name, one.toString(), Origin.COMMAND_LINE, "")));
    }
    List<String> words = new ArrayList<>();
    for (PositionalParamSpec word : new LinkedHashSet<>(parsed.matchedPositionals())) {
      words.addAll(word.stringValues());
    }
    return new Arguments(GivenOptions.of(given), words);
  }

  private static String overwritten(OverwrittenOptionException e) {
    return ((OptionSpec) e.getOverwritten()).longestName();
  }

  private static String name(ParameterException e) {
    return e.getArgSpec() instanceof OptionSpec option ? option.longestName() : "";
  }

  private static UsageException missing(CommandShape shape, MissingParameterException e) {
    if (e.getMissing().get(0) instanceof OptionSpec option) {
      String name = option.longestName();
      return new UsageException(
          name + " needs a value: " + name + "=" + option.paramLabel() + ".", e);
    }
    return new UsageException(
        "There is no "
            + e.getMissing().get(0).paramLabel()
            + ".\nHow it is used: ./rlm help "
            + shape.name(),
        e);
  }

  private static UsageException unmatched(
      CommandShape shape, OptionTable table, UnmatchedArgumentException e) {
    String argument = e.getUnmatched().get(0);
    if (argument.startsWith("-") && argument.length() > 1) {
      String name = argument.replaceFirst("^-+", "").replaceFirst("=.*", "");
      if (shape.without().contains(name)) {
        return new UsageException(
            "./rlm "
                + shape.name()
                + " has its own --"
                + name
                + "; for your own files use ./rlm run.",
            e);
      }
      return new UsageException(
          "There is no option "
              + argument.replaceFirst("=.*", "")
              + table.nearest(name).map(near -> "; did you mean --" + near + "?").orElse(".")
              + " All options: ./rlm help "
              + shape.name(),
          e);
    }
    boolean globbed = table.isOwn("input") && new File(argument).exists();
    String cure =
        globbed
            ? "quote a glob, so that the shell leaves it alone (--input='*.txt'), or repeat"
                + " --input."
            : "options begin with two dashes"
                + (table.isOwn("input") ? " (--input=FILE)." : "; see ./rlm help " + shape.name());
    return new UsageException("Unexpected argument '" + argument + "': " + cure, e);
  }
}
