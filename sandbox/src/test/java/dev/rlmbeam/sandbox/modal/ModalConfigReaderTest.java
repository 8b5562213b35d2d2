package dev.rlmbeam.sandbox.modal;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.SandboxSetupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where Modal's credentials come from, and what is said when they do not. */
final class ModalConfigReaderTest {
  private static final Map<String, String> TOKEN =
      Map.of("MODAL_TOKEN_ID", "ak-env", "MODAL_TOKEN_SECRET", "as-env");

  private @TempDir Path home;
  private Path file;

  @BeforeEach
  void setUp() {
    file = home.resolve(".modal.toml");
  }

  private ModalConfigReader reader(Map<String, String> environment) {
    return new ModalConfigReader(environment, home);
  }

  private void write(String... lines) throws Exception {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private String refusal(Map<String, String> environment) {
    return String.valueOf(
        assertThrows(SandboxSetupException.class, () -> reader(environment).read()).getMessage());
  }

  @Test
  void whatModalSetupWritesIsEnough() throws Exception {
    write("[work]", "token_id = \"ak-w\"", "token_secret = \"as-w\"", "active = true");

    ModalConfig config = reader(Map.of()).read();

    assertThat(config.token()).isEqualTo(new ModalToken("ak-w", "as-w"));
    assertThat(config.serverUrl().toString()).isEqualTo("https://api.modal.com");
    assertThat(config.environment()).isEmpty();
    assertThat(config.maxThrottleWait()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.toString()).doesNotContain("as-w");
  }

  @Test
  void variablesGoBeforeTheFile() throws Exception {
    write(
        "[work]",
        "active = true",
        "token_id = \"ak-w\"",
        "token_secret = \"as-w\"",
        "environment = \"dev\"",
        "image_builder_version = \"2024.10\"",
        "max_throttle_wait = 30");

    ModalConfig config =
        reader(
                Map.of(
                    "MODAL_TOKEN_ID", "ak-env",
                    "MODAL_TOKEN_SECRET", "as-env",
                    "MODAL_SERVER_URL", "http://127.0.0.1:8888",
                    "MODAL_ENVIRONMENT", "main"))
            .read();

    assertThat(config.token()).isEqualTo(new ModalToken("ak-env", "as-env"));
    assertThat(config.serverUrl().getPort()).isEqualTo(8888);
    assertThat(config.environment()).isEqualTo("main");
    assertThat(config.imageBuilderVersion()).hasValue("2024.10");
    assertThat(config.maxThrottleWait()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whatIsSaidExplicitlyGoesBeforeEverything() throws Exception {
    write("[a]", "active = true", "token_id = \"1\"", "token_secret = \"2\"");
    Files.writeString(
        file,
        "[b]\ntoken_id = \"3\"\ntoken_secret = \"4\"\n",
        java.nio.file.StandardOpenOption.APPEND);

    ModalConfig config =
        reader(Map.of("MODAL_PROFILE", "a", "MODAL_ENVIRONMENT", "x", "MODAL_SERVER_URL", "bad"))
            .profile("b")
            .environment("y")
            .serverUrl("https://modal.example:444")
            .read();

    assertThat(config.token().id()).isEqualTo("3");
    assertThat(config.environment()).isEqualTo("y");
    assertThat(config.serverUrl().getPort()).isEqualTo(444);
  }

  @Test
  void anotherFileAndProfileAreNamedByVariables() throws Exception {
    Path other = home.resolve("other.toml");
    Files.writeString(other, "[p]\ntoken_id='5'\ntoken_secret='6'\n[q]\nactive=true\n");

    ModalConfig config =
        reader(Map.of("MODAL_CONFIG_PATH", other.toString(), "MODAL_PROFILE", "p")).read();

    assertThat(config.token().secret()).isEqualTo("6");
  }

  @Test
  void aSingleDefaultProfileNeedsNotBeActiveAsInPython() throws Exception {
    write("[default]", "token_id = '7'", "token_secret = '8'");

    assertThat(reader(Map.of()).read().token().id()).isEqualTo("7");
  }

  @Test
  void severalProfilesMustSayWhich() throws Exception {
    write("[default]", "token_id = '7'", "[other]", "token_id = '9'");
    assertThat(refusal(Map.of())).contains("modal profile activate");

    write("[a]", "active = true", "[b]", "active = true");
    assertThat(refusal(Map.of())).contains("several active profiles (a, b)");

    assertThat(reader(TOKEN).read().token().id()).isEqualTo("ak-env");
  }

  @Test
  void withoutCredentialsItSaysWhatToDo() throws Exception {
    assertThat(refusal(Map.of())).contains("modal setup");
    assertThat(refusal(Map.of("MODAL_TOKEN_ID", "ak-x"))).contains("MODAL_TOKEN_SECRET");
    assertThat(refusal(Map.of("MODAL_TOKEN_ID", "ak-x", "MODAL_TOKEN_SECRET", "")))
        .contains("MODAL_TOKEN_SECRET");
  }

  @Test
  void aProfileThatIsNotThereIsNamedWithThoseThatAre() throws Exception {
    write("[a]", "[b]");

    String message = refusal(Map.of("MODAL_PROFILE", "c"));

    assertThat(message).contains("no profile c");
    assertThat(message).contains("a, b");
  }

  @Test
  void brokenTomlNamesTheLineAndKeepsItsSecrets() throws Exception {
    write("[a]", "token_id = 'x'", "token_secret = 'as-secret", "active = true");

    String message = refusal(Map.of());

    assertThat(message).contains(".modal.toml:3");
    assertThat(message).doesNotContain("as-secret");
  }

  @Test
  void aTokenThatCouldBreakAHeaderIsRefusedWithoutBeingShown() {
    String message =
        refusal(Map.of("MODAL_TOKEN_ID", "ak-x", "MODAL_TOKEN_SECRET", "as-y\r\nx: evil"));

    assertThat(message).contains("token secret");
    assertThat(message).doesNotContain("evil");
  }

  @ParameterizedTest
  @CsvSource({
    "api.modal.com,                    must begin with https://",
    "127.0.0.1:8080,                   must begin with https://",
    "grpc://127.0.0.1:8080,            must begin with https://",
    "http://modal.example,             without encryption",
    "https://modal.example/api,        must not have a path",
    "https://user:pw@modal.example,    must be a host",
    "https://,                         no URL",
  })
  void aServerUrlThatCannotBeMeantIsRefused(String url, String words) {
    assertThat(
            refusal(
                Map.of(
                    "MODAL_TOKEN_ID", "ak-x",
                    "MODAL_TOKEN_SECRET", "as-x",
                    "MODAL_SERVER_URL", url)))
        .contains(words);
  }

  @Test
  void ofSeveralServersTheFirstIsTaken() {
    assertThat(
            reader(TOKEN)
                .serverUrl("https://api.modal.com,https://api.modal2.com")
                .read()
                .serverUrl())
        .isEqualTo(java.net.URI.create("https://api.modal.com"));
  }

  @Test
  void aThrottleWaitThatIsNoNumberIsRefused() {
    assertThat(
            refusal(
                Map.of(
                    "MODAL_TOKEN_ID", "a",
                    "MODAL_TOKEN_SECRET", "b",
                    "MODAL_MAX_THROTTLE_WAIT", "soon")))
        .contains("MODAL_MAX_THROTTLE_WAIT is a number of seconds");
  }
}
