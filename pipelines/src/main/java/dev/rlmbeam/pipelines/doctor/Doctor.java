package dev.rlmbeam.pipelines.doctor;

import dev.rlmbeam.pipelines.options.LocalSandboxesFactory;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.pipelines.report.Figures;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.transforms.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Looks at everything that a run with some options needs on this machine. No model is asked
 * anything. One thread at a time.
 */
public final class Doctor {
  private static final long LEAST_TEMPORARY_BYTES = 1L << 30;

  private final RlmPlan plan;
  private final Map<String, String> environment;
  private final Consumer<Finding> findings;

  /**
   * @param plan the options of the run
   * @param environment variables of this process
   * @param findings told of each finding as it is made
   */
  public Doctor(RlmPlan plan, Map<String, String> environment, Consumer<Finding> findings) {
    this.plan = plan;
    this.environment = environment;
    this.findings = findings;
  }

  /** Makes all checks. */
  public void examine() throws InterruptedException {
    findings.accept(java());
    findings.accept(temporarySpace());
    sandboxes();
    model();
    findings.accept(ModalAccount.look(plan, environment));
  }

  private static Finding java() {
    return Finding.ok(
        "Java",
        Runtime.version()
            + ", "
            + Figures.bytes(Runtime.getRuntime().maxMemory())
            + " for the heap, "
            + Runtime.getRuntime().availableProcessors()
            + " processors");
  }

  private static Finding temporarySpace() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      String there = Figures.bytes(free) + " free in " + folder;
      return free >= LEAST_TEMPORARY_BYTES
          ? Finding.ok("space", there)
          : Finding.problem(
              "space",
              there + "; contexts and sessions' files stand there",
              "make room, or name another folder: RLM_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
    } catch (IOException e) {
      return Finding.problem(
          "space",
          folder + " cannot be used: " + e.getMessage(),
          "name another folder: RLM_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
    }
  }

  private void sandboxes() throws InterruptedException {
    LocalSandboxesFactory factory = plan.localSandboxes();
    try (LocalSandboxes local = factory.createLocal()) {
      findings.accept(Finding.ok("python3", local.describe()));
      findings.accept(walls(local));
      findings.accept(
          local.sessionsApart()
              ? Finding.ok("sessions", "a uid of its own for each: --isolation=bundle holds")
              : Finding.note(
                  "sessions",
                  "no uids of their own here: each element gets a sandbox, which costs more",
                  "run as root, or in a container as root, for --isolation=bundle"));
      findings.accept(PythonLibraries.look(local.python().toString()));
      findings.accept(Bridge.look(local, plan.sandboxSpec()));
    } catch (SandboxException e) {
      findings.accept(
          Finding.problem("sandbox", String.valueOf(e.getMessage()), "see the sentence above"));
    }
  }

  private static Finding walls(LocalSandboxes local) {
    if (local.isolationName().equals("bubblewrap")) {
      return Finding.ok("walls", "bubblewrap works");
    }
    return Finding.note(
        "walls",
        local.isolationTrouble().orElse("a plain process, as asked for")
            + "; code can do what you can",
        "apt-get install bubblewrap");
  }

  private void model() throws InterruptedException {
    if (plan.isOffline()) {
      boolean key = environment.containsKey("OPENAI_API_KEY");
      findings.accept(
          Finding.note(
              "model",
              "offline: a keyword matcher, not a language model"
                  + (key ? "; OPENAI_API_KEY is set" : "; OPENAI_API_KEY is not set"),
              "check one: ./rlm doctor --model=openai/NAME"
                  + (key ? "" : ", with export OPENAI_API_KEY=... or --modelApiKey=file:PATH")));
      return;
    }
    try {
      plan.tryModels();
      findings.accept(Finding.ok("key", "there is one for " + plan.model()));
    } catch (UsageException e) {
      findings.accept(
          Finding.problem("key", String.valueOf(e.getMessage()), "export OPENAI_API_KEY=..."));
      return;
    } catch (ModelException e) {
      findings.accept(Finding.problem("model", String.valueOf(e.getMessage()), ""));
      return;
    }
    for (String baseUrl : plan.modelEndpoints()) {
      findings.accept(Endpoint.look(baseUrl));
    }
  }
}
