package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.cli.CommandShape;
import dev.rlmbeam.pipelines.cli.HelpPage;
import dev.rlmbeam.pipelines.options.EditDistance;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.Version;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The command line: {@code rlm SUBCOMMAND [options]}. */
public final class Main {
  private static final List<Command> COMMANDS =
      List.of(
          new QuickstartCommand(),
          new AskCommand(),
          new RunCommand(),
          new ShowCommand(),
          new DoctorCommand(),
          new SweepCommand(),
          new FlinkCommand(),
          new ModalEmulatorCommand(),
          new BenchCommand(),
          new ScaleCommand(),
          new CompletionCommand());
  private static final String HELP_ALL = "--help=all";

  private Main() {}

  /** Runs a subcommand and ends the process with its exit code. */
  public static void main(String[] arguments) {
    LogFile.silenceConsole();
    ExitCode exitCode = run(List.of(arguments), Console.ofProcess(), Interrupts.ofProcess());
    System.out.flush();
    System.exit(exitCode.number());
  }

  /** Runs a subcommand. */
  static ExitCode run(List<String> arguments, Console console, Interrupts interrupts) {
    boolean stacktrace =
        arguments.contains("--stacktrace") || arguments.contains("--stacktrace=true");
    try {
      return dispatch(arguments, console, interrupts);
    } catch (UsageException e) {
      return Problem.print(e, ExitCode.USAGE, stacktrace, console);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED;
    } catch (IOException | RuntimeException | Error e) {
      Optional<RemoteFaults.Cancelled> cancelled = Problem.find(RemoteFaults.Cancelled.class, e);
      if (cancelled.isPresent()) {
        console.err().println(cancelled.get().getMessage());
        return ExitCode.INTERRUPTED;
      }
      Optional<RemoteFaults.OutOfTouch> lost = Problem.find(RemoteFaults.OutOfTouch.class, e);
      if (lost.isPresent()) {
        console.err().println(lost.get().getMessage());
        return ExitCode.INTERNAL;
      }
      // Runners wrap what they meet, errors too.
      Optional<UsageException> usage = Problem.find(UsageException.class, e);
      if (usage.isPresent()) {
        return Problem.print(usage.get(), ExitCode.USAGE, stacktrace, console);
      }
      return Problem.find(OutOfMemoryError.class, e).isPresent()
          ? Problem.printOutOfMemory(e, stacktrace, console)
          : Problem.print(e, ExitCode.INTERNAL, stacktrace, console);
    }
  }

  private static ExitCode dispatch(List<String> arguments, Console console, Interrupts interrupts)
      throws IOException, InterruptedException {
    String first = arguments.isEmpty() ? "help" : arguments.get(0);
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    if (first.equals("--version") || first.equals("version")) {
      console.out().println("rlm-beam " + Version.current());
      return ExitCode.DONE;
    }
    if (first.equals("help") || first.equals("--help") || first.equals("-h")) {
      console.out().print(rest.isEmpty() ? overview(console) : help(rest.get(0), rest, console));
      return ExitCode.DONE;
    }
    Command command = command(first);
    if (rest.contains("--help") || rest.contains("-h") || rest.contains(HELP_ALL)) {
      console.out().print(help(first, rest, console));
      return ExitCode.DONE;
    }
    return command.run(CommandLine.read(command.shape(), rest), console, interrupts);
  }

  private static String help(String name, List<String> arguments, Console console) {
    boolean all = arguments.contains(HELP_ALL) || arguments.contains("all");
    return page(console).of(command(name).shape(), all);
  }

  private static String overview(Console console) {
    return page(console).overview(shapes());
  }

  private static HelpPage page(Console console) {
    return new HelpPage(console.columns(), console.outInk().on());
  }

  /** All commands as they look from outside. */
  static List<CommandShape> shapes() {
    return COMMANDS.stream().map(Command::shape).toList();
  }

  private static Command command(String name) {
    List<String> names = shapes().stream().map(CommandShape::name).toList();
    return COMMANDS.stream()
        .filter(command -> command.shape().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "There is no subcommand '"
                        + name
                        + "'"
                        + EditDistance.nearest(name, names)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse(".")
                        + " There are: "
                        + String.join(", ", names)
                        + ", help."));
  }
}
