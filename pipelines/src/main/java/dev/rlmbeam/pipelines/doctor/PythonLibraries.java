package dev.rlmbeam.pipelines.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Which of the libraries that models like to use this Python has. None of them is needed. */
final class PythonLibraries {
  private static final long SECONDS = 20;

  /** Name of the module, name of the package: those of the sandbox image that is the default. */
  private static final Map<String, String> LIBRARIES =
      new TreeMap<>(
          Map.of(
              "numpy", "numpy",
              "pandas", "pandas",
              "scipy", "scipy",
              "sympy", "sympy",
              "requests", "requests",
              "httpx", "httpx",
              "flask", "flask",
              "yaml", "pyyaml",
              "tqdm", "tqdm",
              "dill", "dill"));

  private static final String QUESTION =
      """
      import importlib.util, sys
      print(' '.join(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))
      """;

  private PythonLibraries() {}

  static Finding look(String python) throws InterruptedException {
    List<String> missing;
    try {
      missing = missing(python);
    } catch (IOException e) {
      return Finding.note("libraries", "cannot be looked for: " + e.getMessage(), "");
    }
    if (missing.isEmpty()) {
      return Finding.ok("libraries", String.join(", ", LIBRARIES.values()));
    }
    List<String> packages = missing.stream().map(LIBRARIES::get).toList();
    return Finding.note(
        "libraries",
        "missing " + String.join(", ", packages) + "; code that wants them fails and is told so",
        python + " -m pip install " + String.join(" ", packages));
  }

  private static List<String> missing(String python) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python, "-I", "-c", QUESTION));
    command.addAll(LIBRARIES.keySet());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(python + " gave no answer in " + SECONDS + " s");
    }
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return said.isEmpty() ? List.of() : List.of(said.split(" ", -1));
  }
}
