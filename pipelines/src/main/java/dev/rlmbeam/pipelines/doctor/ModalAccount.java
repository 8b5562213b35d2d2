package dev.rlmbeam.pipelines.doctor;

import dev.rlmbeam.pipelines.options.ModalSandboxesFactory;
import dev.rlmbeam.pipelines.options.RlmPlan;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalConfigReader;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import java.nio.file.Path;
import java.util.Map;

/** Modal's credentials, and where a run is to use them also whether Modal takes them. */
final class ModalAccount {
  private static final String CURE =
      "modal setup (pip install modal), or export MODAL_TOKEN_ID=... MODAL_TOKEN_SECRET=...";

  private ModalAccount() {}

  static Finding look(RlmPlan plan, Map<String, String> environment) throws InterruptedException {
    return plan.sandboxes() instanceof ModalSandboxesFactory modal
        ? tried(modal, plan.sandboxSpec().cloud().app())
        : present(environment);
  }

  private static Finding present(Map<String, String> environment) {
    Path home = Path.of(System.getProperty("user.home", ""));
    try {
      ModalConfig config = new ModalConfigReader(environment, home).read();
      return Finding.ok(
          "Modal",
          "there are credentials ("
              + config.token().id()
              + "); ./rlm doctor --sandbox=modal tries them");
    } catch (SandboxException e) {
      return Finding.note("Modal", e.getMessage() + "; only --sandbox=modal needs them", CURE);
    }
  }

  private static Finding tried(ModalSandboxesFactory modal, String app)
      throws InterruptedException {
    try {
      ModalConfig config = modal.config();
      try (ModalSweep sweep = ModalSweep.open(config, modal.trust())) {
        int running = sweep.find(app, Map.of()).size();
        return Finding.ok(
            "Modal",
            String.format(
                "%s takes the token %s; %d sandboxes run in app %s",
                config.serverUrl(), config.token().id(), running, app));
      }
    } catch (SandboxException e) {
      return Finding.problem("Modal", String.valueOf(e.getMessage()), CURE);
    }
  }
}
