package dev.rlmbeam.sandbox.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.SandboxSetupException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Python interpreter of this machine, found once: a shim such as pyenv's takes longer to start
 * than the interpreter behind it. Immutable.
 *
 * @param executable the interpreter itself
 * @param version such as 3.11.2
 * @param files what it is made of
 * @param root whether it runs as root
 */
record PythonRuntime(Path executable, String version, PythonFiles files, boolean root) {
  static final String CURE =
      "install Python 3.8 or newer as python3 (for example: apt-get install python3)";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  // Runs on any Python, so that an old one can be told by its version.
  private static final String QUESTION =
      """
      import json, os, sys, sysconfig
      base = getattr(sys, 'base_prefix', sys.prefix)
      version = list(sys.version_info[:3])
      executables = [sys.executable, getattr(sys, '_base_executable', None) or sys.executable]
      paths = sysconfig.get_paths()
      folders = [paths[name] for name in ('stdlib', 'platstdlib', 'purelib', 'platlib')]
      folders.append(os.path.dirname(os.__file__))
      libraries = ('lib-dynload', 'site-packages', 'dist-packages')
      folders.extend(path for path in sys.path if os.path.basename(path) in libraries)
      if os.path.isdir(os.path.join(base, 'conda-meta')):
          folders.append(os.path.join(base, 'lib'))  # its modules share all that is in it
      files = [os.path.join(sys.prefix, 'pyvenv.cfg')]
      shared = sysconfig.get_config_var('INSTSONAME') or 'libpython3.so'
      for executable in executables:
          home = os.path.dirname(os.path.dirname(os.path.realpath(executable)))
          for prefix in (base, home):
              files.extend(os.path.join(prefix, lib, shared) for lib in ('lib', 'lib64'))
      print(json.dumps([sys.executable, version, executables, files, folders, os.geteuid()]))
      """;

  /**
   * Asks an interpreter what it is.
   *
   * @param python a path, or a name on the PATH
   * @throws SandboxSetupException when it is missing, broken or too old
   */
  static PythonRuntime find(String python) throws InterruptedException {
    ShortCommand.Outcome outcome;
    try {
      Map<String, String> environment = System.getenv(); // shims need their own variables
      outcome = ShortCommand.run(List.of(python, "-I", "-c", QUESTION), environment, TIMEOUT);
    } catch (IOException e) {
      throw new SandboxSetupException("there is no " + python + " on this machine: " + CURE, e);
    }
    if (outcome.exit() != 0) {
      throw new SandboxSetupException(
          String.format(
              "%s does not run (%s): %s",
              python,
              outcome.exit() < 0
                  ? "no end after " + TIMEOUT.toSeconds() + " s"
                  : "exit code " + outcome.exit() + ", " + lastLine(outcome.output()),
              CURE));
    }
    return read(python, lastLine(outcome.output()));
  }

  private static PythonRuntime read(String python, String line) {
    try {
      JsonNode answer = new ObjectMapper().readTree(line);
      int major = answer.path(1).path(0).asInt();
      int minor = answer.path(1).path(1).asInt();
      String version = major + "." + minor + "." + answer.path(1).path(2).asInt();
      if (major != 3 || minor < 8) {
        throw new SandboxSetupException(
            python + " is Python " + version + ", which is too old: " + CURE);
      }
      PythonFiles files =
          PythonFiles.of(paths(answer.path(2)), paths(answer.path(3)), paths(answer.path(4)));
      return new PythonRuntime(
          Path.of(answer.path(0).asText()), version, files, answer.path(5).asInt(-1) == 0);
    } catch (JsonProcessingException e) {
      throw new SandboxSetupException(
          python + " does not answer as a Python does (\"" + line + "\"): " + CURE, e);
    }
  }

  private static List<Path> paths(JsonNode names) {
    List<Path> paths = new ArrayList<>();
    names.forEach(name -> paths.add(Path.of(name.asText()).normalize()));
    return paths;
  }

  /** Such as 3.11. */
  String minorVersion() {
    return version.substring(0, version.lastIndexOf('.'));
  }

  private static String lastLine(String output) {
    return output.substring(output.lastIndexOf('\n') + 1);
  }
}
