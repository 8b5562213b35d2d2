package dev.rlmbeam.pipelines.cli;

import dev.rlmbeam.pipelines.options.OptionTable;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The pages that explain the command line, and the script that completes it. Immutable. */
public final class HelpPage {
  private static final int LEAST_COLUMNS = 60;
  private static final int MOST_COLUMNS = 120;

  private final int columns;
  private final Help.Ansi ansi;

  /**
   * @param columns of the terminal
   * @param colours whether it shows any
   */
  public HelpPage(int columns, boolean colours) {
    this.columns = Math.max(LEAST_COLUMNS, Math.min(columns, MOST_COLUMNS));
    this.ansi = colours ? Help.Ansi.ON : Help.Ansi.OFF;
  }

  /** What the command line can do. */
  public String overview(List<CommandShape> commands) {
    CommandSpec spec = tree(commands);
    spec.usageMessage()
        .customSynopsis("./rlm COMMAND [options]")
        .description("%nRecursive Language Models over whole datasets.")
        .commandListHeading("%nCommands%n")
        .footer(
            "%n./rlm quickstart           begin here: no account, no key",
            "./rlm COMMAND --help       its options, with defaults and units",
            "./rlm COMMAND --help=all   in full, with those of Beam and the runner",
            "./rlm --version");
    return usage(spec);
  }

  /**
   * All about one command.
   *
   * @param all in full, with the options of Beam and the runner
   */
  public String of(CommandShape shape, boolean all) {
    OptionTable table = OptionTable.of(shape.options());
    CommandSpec spec =
        all && shape.takesRunnerOptions()
            ? Specs.shownWithRunner(shape, table)
            : Specs.shown(shape, table, all ? HelpText::inFull : HelpText::unlessRare);
    StringBuilder words = new StringBuilder();
    shape.words().forEach(word -> words.append(' ').append(word.label()));
    spec.usageMessage()
        .customSynopsis("./rlm " + shape.name() + words + " [options]")
        .description("%n" + Specs.escaped(shape.summary()) + ".")
        .footer("%n" + Specs.escaped(shape.usage().stripTrailing()).replace("\n", "%n"));
    return usage(spec);
  }

  /** A script for bash, and for zsh with its bashcompinit, that completes all of it. */
  public static String completion(List<CommandShape> commands) {
    return AutoComplete.bash("rlm", new picocli.CommandLine(tree(commands)));
  }

  private static CommandSpec tree(List<CommandShape> commands) {
    CommandSpec root = CommandSpec.create().name("rlm");
    root.addOption(OptionSpec.builder("--version").type(boolean.class).hidden(true).build());
    for (CommandShape shape : commands) {
      CommandSpec spec = Specs.shown(shape, OptionTable.of(shape.options()), HelpText::inFull);
      spec.usageMessage().description(Specs.escaped(shape.summary()));
      spec.addOption(
          OptionSpec.builder(Specs.HELP).type(boolean.class).arity("0..1").hidden(true).build());
      root.addSubcommand(shape.name(), spec);
    }
    return root;
  }

  private String usage(CommandSpec spec) {
    spec.usageMessage()
        .width(columns)
        .sortOptions(false)
        .synopsisHeading("Usage: ")
        .parameterListHeading("%nArguments%n")
        .optionListHeading("");
    // Bold alone: picocli's own yellow is hard to read on light ground.
    Help.ColorScheme scheme =
        new Help.ColorScheme.Builder(ansi)
            .commands(Help.Ansi.Style.bold)
            .options(Help.Ansi.Style.bold)
            .parameters(Help.Ansi.Style.bold)
            .build();
    String text = new picocli.CommandLine(spec).getUsageMessage(scheme);
    return text.replaceAll("(?m) +$", "");
  }
}
