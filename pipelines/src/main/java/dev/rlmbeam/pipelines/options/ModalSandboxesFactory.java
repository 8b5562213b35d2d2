package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalConfigReader;
import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.transforms.SandboxesFactory;

/**
 * Makes Modal's sandboxes on the worker. The credentials are the worker's own: what travels says at
 * most under which name they are found there.
 *
 * @param profile of {@code ~/.modal.toml} there; empty for the one that counts
 * @param environment Modal's; empty for what the worker's configuration says
 * @param serverUrl empty for what the worker's configuration says
 * @param authorities certificates in PEM that are believed beside the system's; may be empty
 * @param createsPerSecond most requests for sandboxes a second
 * @param imageId the image that was built for the job; empty to have each worker look for it
 */
public record ModalSandboxesFactory(
    String profile,
    String environment,
    String serverUrl,
    String authorities,
    double createsPerSecond,
    String imageId)
    implements SandboxesFactory {

  @Override
  public Sandboxes create() {
    return createModal();
  }

  /** The same, with what Modal's alone can do. */
  ModalSandboxes createModal() {
    ModalOptions options =
        ModalOptions.defaults().withCreatesPerSecond(createsPerSecond).withTrust(trust());
    return ModalSandboxes.create(
        config(), imageId.isEmpty() ? options : options.withImageId(imageId));
  }

  /** Where Modal is and as whom to call it, as this machine has it. */
  public ModalConfig config() {
    ModalConfigReader reader = ModalConfigReader.ofThisProcess();
    if (!profile.isEmpty()) {
      reader.profile(profile);
    }
    if (!environment.isEmpty()) {
      reader.environment(environment);
    }
    if (!serverUrl.isEmpty()) {
      reader.serverUrl(serverUrl);
    }
    return reader.read();
  }

  /** Whose certificates are believed. */
  public TunnelTrust trust() {
    return authorities.isEmpty()
        ? TunnelTrust.ofSystem()
        : TunnelTrust.also(authorities, "--modalCaCertificate");
  }

  ModalSandboxesFactory withImageId(String newImageId) {
    return new ModalSandboxesFactory(
        profile, environment, serverUrl, authorities, createsPerSecond, newImageId);
  }
}
