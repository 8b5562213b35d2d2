package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.Arguments;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.cli.HelpPage;
import dev.rlmbeam.pipelines.options.CommonOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.List;
import java.util.Set;

/** {@code rlm completion}: a script with which a shell completes the command line. */
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh");
  private static final String ZSH =
      "#compdef rlm\nautoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";

  @Override
  public CommandShape shape() {
    return new CommandShape(
        "completion",
        "A script that completes commands and options in your shell",
        """
        source <(./rlm completion bash)      in ~/.bashrc, with the path of ./rlm
        source <(./rlm completion zsh)       in ~/.zshrc
        """,
        List.of(new CommandShape.Word("bash|zsh", "The shell.", 1, 1, SHELLS)),
        CommonOptions.class,
        Set.of(),
        false);
  }

  @Override
  public ExitCode run(Arguments arguments, Console console, Interrupts interrupts) {
    String shell = arguments.words().get(0);
    if (!SHELLS.contains(shell)) {
      throw new UsageException("There is no completion for '" + shell + "': bash or zsh.");
    }
    String script = HelpPage.completion(Main.shapes());
    console.out().print(shell.equals("zsh") ? ZSH + script : script);
    return ExitCode.DONE;
  }
}
