package dev.rlmbeam.pipelines.cli;

import dev.rlmbeam.pipelines.options.OptionGroup;
import dev.rlmbeam.pipelines.options.OptionTable;
import dev.rlmbeam.pipelines.options.OptionTable.Option;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The command line library's description of a command, made from the declarations of its options.
 */
final class Specs {
  static final String HELP = "--help";

  private Specs() {}

  /**
   * A command with its own options only, in their groups, as help shows it.
   *
   * @param described what help says of an option; nothing for one that it leaves out
   */
  static CommandSpec shown(
      CommandShape shape, OptionTable table, Function<Option, Optional<String>> described) {
    CommandSpec spec = CommandSpec.create().name(shape.name());
    Map<OptionGroup, List<OptionSpec>> groups = new EnumMap<>(OptionGroup.class);
    for (Option option : ofCommand(shape, table)) {
      OptionGroup group = option.group().orElse(OptionGroup.COMMAND);
      described
          .apply(option)
          .ifPresent(
              text ->
                  groups
                      .computeIfAbsent(group, unused -> new ArrayList<>())
                      .add(option(option, text)));
    }
    groups.forEach((group, options) -> addGroup(spec, group.title(), options));
    addWords(spec, shape);
    return spec;
  }

  /** The same in full, with the options of Beam and the runner. */
  static CommandSpec shownWithRunner(CommandShape shape, OptionTable table) {
    CommandSpec spec = shown(shape, table, HelpText::inFull);
    List<OptionSpec> options = new ArrayList<>();
    for (Option option : table.ofRunner()) {
      options.add(option(option, HelpText.whole(option)));
    }
    addGroup(spec, "Beam and the runner", options);
    return spec;
  }

  /**
   * A command as it is read: in groups an option that is given twice would not be noticed.
   *
   * @param runner whether the options of Beam and the runner are taken too
   */
  static CommandSpec read(CommandShape shape, OptionTable table, boolean runner) {
    CommandSpec spec = CommandSpec.create().name(shape.name());
    ofCommand(shape, table).forEach(option -> spec.addOption(option(option, "")));
    if (runner) {
      table.ofRunner().forEach(option -> spec.addOption(option(option, "")));
    }
    addWords(spec, shape);
    spec.parser().allowOptionsAsOptionParameters(false);
    return spec;
  }

  private static List<Option> ofCommand(CommandShape shape, OptionTable table) {
    return table.own().stream().filter(option -> !shape.without().contains(option.name())).toList();
  }

  private static void addWords(CommandSpec spec, CommandShape shape) {
    int index = 0;
    for (CommandShape.Word word : shape.words()) {
      boolean many = word.most() == Integer.MAX_VALUE;
      spec.addPositional(
          PositionalParamSpec.builder()
              .index(index + ".." + (many ? "*" : index + word.most() - 1))
              .arity(word.least() + ".." + (many ? "*" : word.most()))
              .paramLabel(word.label())
              .hideParamSyntax(true)
              .description(escaped(word.description()))
              .type(List.class)
              .auxiliaryTypes(String.class)
              .completionCandidates(word.choices())
              .build());
      index += many ? 0 : word.most();
    }
  }

  private static void addGroup(CommandSpec spec, String title, List<OptionSpec> options) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .validate(false)
            .exclusive(false)
            .heading("%n" + title + "%n")
            .order(spec.argGroups().size());
    options.forEach(group::addArg);
    spec.addArgGroup(group.build());
  }

  /**
   * @param description for help; empty where the option is read, and a flag may have a value
   */
  private static OptionSpec option(Option option, String description) {
    OptionSpec.Builder spec =
        OptionSpec.builder("--" + option.name()).description(escaped(description));
    String sample = option.sample().isEmpty() ? "VALUE" : option.sample();
    if (option.isFlag()) {
      return spec.type(boolean.class).arity(description.isEmpty() ? "0..1" : "0").build();
    }
    spec.paramLabel(sample).hideParamSyntax(true).arity("1");
    if (sample.matches("[a-z]+(\\|[a-z]+)+")) {
      spec.completionCandidates(List.of(sample.split("\\|", -1)));
    }
    return option.isRepeatable()
        ? spec.type(List.class).auxiliaryTypes(String.class).build()
        : spec.type(String.class).build();
  }

  /** In descriptions '%' begins a placeholder. */
  static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
