package dev.rlmbeam.sandbox.modal;

import io.grpc.Metadata;

/** What every call says about itself. The names are those of Modal's own SDKs. Immutable. */
final class CallHeaders {
  static final Metadata.Key<String> AUTH_TOKEN = key("x-modal-auth-token");
  static final Metadata.Key<String> IDEMPOTENCY_KEY = key("x-idempotency-key");
  static final Metadata.Key<String> RETRY_ATTEMPT = key("x-retry-attempt");
  static final Metadata.Key<String> RETRY_DELAY = key("x-retry-delay");
  static final Metadata.Key<String> THROTTLE_ATTEMPT = key("x-throttle-retry-attempt");
  static final Metadata.Key<String> THROTTLE_DELAY = key("x-throttle-retry-delay");
  static final Metadata.Key<String> WARNING = key("x-modal-warning");
  private static final Metadata.Key<String> CLIENT_TYPE = key("x-modal-client-type");
  private static final Metadata.Key<String> CLIENT_VERSION = key("x-modal-client-version");
  private static final Metadata.Key<String> LIBRARY_VERSION = key("x-modal-libmodal-version");
  private static final Metadata.Key<String> TOKEN_ID = key("x-modal-token-id");
  private static final Metadata.Key<String> TOKEN_SECRET = key("x-modal-token-secret");
  private static final Metadata.Key<String> HOST = key("x-modal-host");

  /**
   * Modal's SDK for Go: its kinds of client have none for Java, and it refuses those that it does
   * not know.
   */
  private static final String TYPE = "9";

  /** That SDK says so whatever its own version is: "as the Python SDK of this version". */
  private static final String VERSION = "1.0.0";

  private static final String LIBRARY = "modal-go/0.9.0";

  private final ModalConfig config;

  CallHeaders(ModalConfig config) {
    this.config = config;
  }

  /** Those that are the same for all calls. */
  Metadata common() {
    Metadata headers = new Metadata();
    headers.put(CLIENT_TYPE, TYPE);
    headers.put(CLIENT_VERSION, VERSION);
    headers.put(LIBRARY_VERSION, LIBRARY);
    headers.put(TOKEN_ID, config.token().id());
    headers.put(TOKEN_SECRET, config.token().secret());
    headers.put(HOST, config.serverUrl().getHost());
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
