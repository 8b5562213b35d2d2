package dev.rlmbeam.pipelines.options;

import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.Sandboxes;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalConfigReader;
import dev.rlmbeam.sandbox.modal.ModalOptions;
import dev.rlmbeam.sandbox.modal.ModalSandboxes;
import dev.rlmbeam.sandbox.modal.ModalToken;
import dev.rlmbeam.transforms.SandboxesFactory;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.SecretRef;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Modal's sandboxes on the worker. The credentials are the worker's own: what travels says at
 * most under which name they are found there.
 *
 * @param profile of {@code ~/.modal.toml} there; empty for the one that counts
 * @param token where the token is there, as a {@link SecretRef} says it; empty for where Modal's
 *     SDKs look
 * @param environment Modal's; empty for what the worker's configuration says
 * @param serverUrl empty for what the worker's configuration says
 * @param authorities certificates in PEM that are believed beside the system's; may be empty
 * @param createsPerSecond most requests for sandboxes a second
 * @param imageId the image that was built for the job; empty to have each worker look for it
 */
public record ModalSandboxesFactory(
    String profile,
    String token,
    String environment,
    String serverUrl,
    String authorities,
    double createsPerSecond,
    String imageId)
    implements SandboxesFactory {

  private static final Logger LOG = LoggerFactory.getLogger(ModalSandboxesFactory.class);
  private static final double USUAL_RATE = 5;

  /** As the worker's own configuration says, whatever Modal's SDKs would read there. */
  public static ModalSandboxesFactory defaults() {
    return new ModalSandboxesFactory("", "", "", "", "", USUAL_RATE, "");
  }

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
    if (token.isEmpty()) {
      return reader.read();
    }
    try {
      return reader.token(readToken()).read();
    } catch (ModelException e) {
      return withoutSecretManager(e);
    }
  }

  /**
   * A launcher outside of Google's cloud cannot ask its Secret Manager as a machine there can; it
   * has credentials of its own. Within it a secret that cannot be read is an error: whatever else
   * there is may be another account's.
   */
  private ModalConfig withoutSecretManager(ModelException cause) {
    try {
      if (token.startsWith("gcp-secret:") && cause.getCause() instanceof UnknownHostException) {
        LOG.info("not on Google's cloud: Modal is called with this machine's own credentials");
        return withToken("").config();
      }
    } catch (SandboxSetupException e) {
      cause.addSuppressed(e);
    }
    throw new SandboxSetupException("Modal's token: " + cause.getMessage(), cause);
  }

  private ModalToken readToken() {
    String text = SecretRef.parse(token).read();
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new SandboxSetupException(
          "Modal's token from " + token + " is not of the form ID:SECRET (ak-…:as-…)");
    }
    return new ModalToken(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Whose certificates are believed. */
  public TunnelTrust trust() {
    return authorities.isEmpty()
        ? TunnelTrust.ofSystem()
        : TunnelTrust.also(authorities, "--modalCaCertificate");
  }

  private ModalSandboxesFactory withToken(String newToken) {
    return new ModalSandboxesFactory(
        profile, newToken, environment, serverUrl, authorities, createsPerSecond, imageId);
  }

  ModalSandboxesFactory withImageId(String newImageId) {
    return new ModalSandboxesFactory(
        profile, token, environment, serverUrl, authorities, createsPerSecond, newImageId);
  }
}
