package dev.rlmbeam.pipelines;

import dev.rlmbeam.pipelines.options.EditDistance;
import dev.rlmbeam.pipelines.options.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line: {@code rlm SUBCOMMAND [options]}. */
public final class Main {
  private static final List<Command> COMMANDS =
      List.of(new QuickstartCommand(), new RunCommand(), new BenchCommand());

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
    List<String> rest =
        arguments.isEmpty() ? List.of() : new ArrayList<>(arguments.subList(1, arguments.size()));
    if (first.equals("help") || first.equals("--help") || first.equals("-h")) {
      console.out().print(rest.isEmpty() ? overview() : command(rest.get(0)).help());
      return ExitCode.DONE;
    }
    Command command = command(first);
    if (rest.contains("--help") || rest.contains("-h")) {
      console.out().print(command.help());
      return ExitCode.DONE;
    }
    return command.run(rest, console, interrupts);
  }

  private static Command command(String name) {
    List<String> names = COMMANDS.stream().map(Command::name).toList();
    return COMMANDS.stream()
        .filter(command -> command.name().equals(name))
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

  private static String overview() {
    StringBuilder text = new StringBuilder("Recursive Language Models over whole datasets.\n\n");
    for (Command command : COMMANDS) {
      text.append(String.format("  ./rlm %-12s%s%n", command.name(), command.summary()));
    }
    return text.append("  ./rlm help NAME   all about one of them\n").toString();
  }
}
