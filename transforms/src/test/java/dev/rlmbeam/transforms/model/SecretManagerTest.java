package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real HTTP, with servers that speak as Google's describe themselves. */
final class SecretManagerTest {
  private static final String VERSION = "projects/p-1/secrets/model-key/versions/3";
  private static final String VALUE = "sk-hidden-8d1f";

  private final MockWebServer google = new MockWebServer();
  private final MockWebServer machine = new MockWebServer();

  @BeforeEach
  void setUp() throws IOException {
    google.start();
    machine.start();
  }

  @AfterEach
  void tearDown() throws IOException {
    google.close();
    machine.close();
  }

  private String resolve() {
    SecretManager manager =
        new SecretManager(google.url("/"), machine.url("/"), Duration.ofMillis(10));
    return SecretRef.parse("gcp-secret:" + VERSION)
        .resolve(name -> Optional.empty(), manager)
        .reveal();
  }

  private void giveToken() {
    machine.enqueue(
        new MockResponse()
            .setBody(
                "{\"access_token\":\"ya29.t\",\"expires_in\":3599,\"token_type\":\"Bearer\"}"));
  }

  private static MockResponse secret(String value) {
    String data = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    return new MockResponse()
        .setBody("{\"name\":\"" + VERSION + "\",\"payload\":{\"data\":\"" + data + "\"}}");
  }

  @Test
  void theValueIsReadAsTheMachinesServiceAccount() throws Exception {
    giveToken();
    google.enqueue(secret(VALUE + "\n"));

    assertThat(resolve()).isEqualTo(VALUE);

    RecordedRequest token = machine.takeRequest();
    assertThat(token.getPath())
        .isEqualTo("/computeMetadata/v1/instance/service-accounts/default/token");
    assertThat(token.getHeader("Metadata-Flavor")).isEqualTo("Google");
    RecordedRequest access = google.takeRequest();
    assertThat(access.getMethod()).isEqualTo("GET");
    assertThat(access.getPath()).isEqualTo("/v1/" + VERSION + ":access");
    assertThat(access.getHeader("Authorization")).isEqualTo("Bearer ya29.t");
  }

  @ParameterizedTest
  @CsvSource({
    "403,roles/secretmanager.secretAccessor",
    "404,check its name",
    "400,is enabled",
    "503,try again later"
  })
  void aRefusalNamesTheSecretTheStatusAndTheCure(int status, String cure) {
    giveToken();
    for (int i = 0; i < 5; i++) {
      google.enqueue(new MockResponse().setResponseCode(status).setBody(VALUE));
    }

    String told = told(assertThrows(ModelException.class, this::resolve));

    assertThat(told).contains(VERSION);
    assertThat(told).contains("answers " + status);
    assertThat(told).contains(cure);
    // What is wrong for good is asked once.
    assertThat(google.getRequestCount()).isEqualTo(status >= 500 ? 5 : 1);
  }

  @Test
  void whatPassesIsWaitedFor() throws Exception {
    giveToken();
    google.enqueue(new MockResponse().setResponseCode(429));
    google.enqueue(new MockResponse().setResponseCode(503));
    google.enqueue(secret(VALUE));

    assertThat(resolve()).isEqualTo(VALUE);
  }

  @Test
  void withoutAServiceAccountOrGoogleTheCureIsToldToo() {
    machine.enqueue(new MockResponse().setResponseCode(404));
    assertThat(told(assertThrows(ModelException.class, this::resolve)))
        .contains("give the workers a service account");

    machine.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.DISCONNECT_AT_START));
    machine.enqueue(new MockResponse().setSocketPolicy(SocketPolicy.DISCONNECT_AT_START));
    assertThat(told(assertThrows(ModelException.class, this::resolve)))
        .contains("env:NAME or file:PATH");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"payload\":{\"data\":\"sk-hidden-8d1f\"}}",
        "sk-hidden-8d1f",
        "{\"payload\":{}}",
        "{\"payload\":{\"data\":\"c2staGlkZGVuLThkMWYgeA==\"}}"
      })
  void whatIsNoKeyIsRefusedAndNotRepeated(String body) {
    giveToken();
    google.enqueue(new MockResponse().setBody(body));

    ModelException e = assertThrows(ModelException.class, this::resolve);

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(told(e)).contains(VERSION);
  }

  /** All that a log could have of it. */
  private static String told(ModelException e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain(VALUE);
    assertThat(trace.toString()).doesNotContain("ya29.t");
    return String.valueOf(e.getMessage());
  }
}
