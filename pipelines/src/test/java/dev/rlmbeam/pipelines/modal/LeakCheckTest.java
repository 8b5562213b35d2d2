package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.sandbox.SandboxToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check that never finds anything would prove nothing. */
final class LeakCheckTest {
  private final SandboxToken token = SandboxToken.random();
  private final LeakCheck check = new LeakCheck(Set.of("as-secret"), Set.of(token.sha256()));

  private @TempDir Path folder;

  @Test
  void secretsAreFoundWhereverTheyStand() throws Exception {
    Path below = Files.createDirectories(folder.resolve("a/b"));
    Files.writeString(
        below.resolve("log.txt"), "GET /health\nauthorization: " + token.authorization());
    Files.writeString(folder.resolve("x"), "{\"key\":\"0as-secret\"}");
    Files.writeString(
        folder.resolve("y"), "x-modal-auth-token: eyJhbGciOiJ9.eyJpYXQiOjE3.c2lnbmF0dXJl");

    assertThat(check.leaks(folder))
        .containsExactly(
            below.resolve("log.txt") + " has a sandbox's token",
            folder.resolve("x") + " has a token's secret",
            folder.resolve("y") + " has an auth token");
  }

  @Test
  void hashesAndOtherSandboxesTokensAreNoSecretsOfThese() {
    String text = token.sha256() + " " + SandboxToken.random().authorization() + " as-secre";

    assertThat(check.leaks("log", text)).isEmpty();
  }

  @Test
  void aTokenIsFoundInTheMiddleOfOtherHexadecimals() {
    String value = token.authorization().substring("Bearer ".length());

    assertThat(check.leaks("log", "0f" + value + "ab"))
        .containsExactly("log has a sandbox's token");
  }
}
