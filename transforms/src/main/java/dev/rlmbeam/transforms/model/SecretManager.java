package dev.rlmbeam.transforms.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Google's Secret Manager, called as the service account of the machine that this runs on. Knows
 * how to read the value of one version of a secret. Thread-safe.
 */
final class SecretManager {
  /** {@code projects/P/secrets/S/versions/V}, in which V is a number or {@code latest}. */
  static final Pattern VERSION =
      Pattern.compile("projects/[A-Za-z0-9:.-]+/secrets/[A-Za-z0-9_-]+/versions/[A-Za-z0-9_-]+");

  private static final HttpUrl SERVICE = HttpUrl.get("https://secretmanager.googleapis.com/");
  // Plain, as there is no way out of the machine to it.
  private static final HttpUrl METADATA = HttpUrl.get("http://metadata.google.internal/");
  private static final String TOKEN = "computeMetadata/v1/instance/service-accounts/default/token";
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ObjectMapper JSON = new ObjectMapper();

  // A worker that has no key fails all that it gets, at once: a hiccup must not make it one.
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

  private final HttpUrl service;
  private final HttpUrl metadata;
  private final RetryPolicy<String> patient;

  SecretManager() {
    this(SERVICE, METADATA, FIRST_DELAY);
  }

  /** For tests alone: whoever can choose the addresses can have the token sent anywhere. */
  SecretManager(HttpUrl service, HttpUrl metadata, Duration firstDelay) {
    this.service = service;
    this.metadata = metadata;
    this.patient =
        RetryPolicy.<String>builder()
            .handle(Passing.class)
            .withMaxAttempts(ATTEMPTS)
            .withBackoff(firstDelay, firstDelay.multipliedBy(8))
            .withJitter(0.3)
            .build();
  }

  /** Trouble that may be over soon. */
  private static final class Passing extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient ModelException refusal;

    Passing(ModelException refusal) {
      super(refusal);
      this.refusal = refusal;
    }
  }

  /**
   * The value of a version, read now. What may pass (429, 5xx, no answer) is tried five times.
   * Blocks for a quarter of a minute at most for each try, and for as much between them.
   *
   * @throws ModelException of kind {@code REFUSED} that names the secret, never its value
   */
  String access(String version) {
    OkHttpClient client =
        new OkHttpClient.Builder().callTimeout(PATIENCE).followRedirects(false).build();
    try {
      String token = token(client, version);
      return Failsafe.with(patient).get(() -> value(client, token, version));
    } catch (Passing e) {
      throw e.refusal;
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw refused(version, "was not waited for", e);
    } finally {
      client.connectionPool().evictAll();
      client.dispatcher().executorService().shutdown();
    }
  }

  private String value(OkHttpClient client, String token, String version) {
    Request request =
        new Request.Builder()
            .url(service.newBuilder().addPathSegments("v1/" + version + ":access").build())
            .header("Authorization", "Bearer " + token)
            .build();
    try (Response response = client.newCall(request).execute()) {
      int status = response.code();
      if (!response.isSuccessful()) {
        ModelException refusal = refused(version, "answers " + status + cure(status), null);
        throw status == 429 || status >= 500 ? new Passing(refusal) : refusal;
      }
      byte[] value = Base64.getDecoder().decode(field(response, "/payload/data"));
      return new String(value, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Passing(
          refused(
              version,
              "does not answer ("
                  + e.getClass().getSimpleName()
                  + "); check that workers reach "
                  + service.host(),
              e));
    } catch (IllegalArgumentException e) {
      // Without the cause: it may quote a part of the value.
      throw refused(version, "gave no secret; check what stands before it", null);
    }
  }

  private String token(OkHttpClient client, String version) {
    Request request =
        new Request.Builder()
            .url(metadata.newBuilder().addPathSegments(TOKEN).build())
            .header("Metadata-Flavor", "Google")
            .build();
    try (Response response = client.newCall(request).execute()) {
      String token = response.isSuccessful() ? field(response, "/access_token") : "";
      if (!token.isEmpty()) {
        return token;
      }
      throw refused(
          version,
          "cannot be asked: this machine's metadata server answers "
              + response.code()
              + "; give the workers a service account",
          null);
    } catch (IOException e) {
      throw refused(
          version,
          "cannot be asked: there is no metadata server here ("
              + e.getClass().getSimpleName()
              + "); gcp-secret: is for machines of Google Cloud, elsewhere use env:NAME or"
              + " file:PATH",
          e);
    }
  }

  private static String field(Response response, String pointer) throws IOException {
    ResponseBody body = response.body();
    try {
      JsonNode all = JSON.readTree(body == null ? "" : body.string());
      return all.at(pointer).asText("");
    } catch (JsonProcessingException e) {
      return ""; // its message would quote the body
    }
  }

  private static String cure(int status) {
    return switch (status) {
      case 401, 403 ->
          "; give the workers' service account the role roles/secretmanager.secretAccessor on it";
      case 404 -> "; check its name and that the version is there";
      case 400 -> "; check that the version is enabled";
      case 429 -> "; try again later";
      default -> status >= 500 ? "; try again later" : "; check its name";
    };
  }

  private static ModelException refused(String version, String what, @Nullable Throwable cause) {
    String message = "the key from gcp-secret:" + version + ": Secret Manager " + what;
    return cause == null
        ? new ModelException(Kind.REFUSED, 0, message)
        : new ModelException(Kind.REFUSED, 0, message, cause);
  }
}
