package dev.rlmbeam.pipelines.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether there are credentials for Modal, where Modal's own tools look for them. */
final class ModalAccount {
  private ModalAccount() {}

  static Finding look(Map<String, String> environment) {
    String later = "; this version has no Modal client yet, so no run needs them";
    if (environment.containsKey("MODAL_TOKEN_ID")
        && environment.containsKey("MODAL_TOKEN_SECRET")) {
      return Finding.ok("Modal", "MODAL_TOKEN_ID and MODAL_TOKEN_SECRET are set" + later);
    }
    Path file =
        Path.of(
            environment.getOrDefault(
                "MODAL_CONFIG_PATH", System.getProperty("user.home") + "/.modal.toml"));
    return Files.isRegularFile(file)
        ? Finding.ok("Modal", file + " is there" + later)
        : Finding.note("Modal", "no credentials" + later, "modal setup");
  }
}
