package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.transforms.model.ModelException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRefTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-abc123secret",
        "",
        "env:",
        "file:",
        "env:sk-abc123secret",
        "ENV:X",
        "abc:def",
        "gcp-secret:abc123secret",
        "gcp-secret:projects/p/secrets/s/versions/1/../2?abc123secret"
      })
  void refusesAnythingThatIsNoPlaceAndDoesNotRepeatIt(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SecretRef.parse(text));

    assertThat(e).hasMessageThat().contains("env:OPENAI_API_KEY");
    assertThat(e).hasMessageThat().doesNotContain("abc123secret");
  }

  @Test
  void readsAVariable() {
    Secret secret = SecretRef.parse("env:SOME_KEY").resolve(name -> Optional.of(name + "-value\n"));

    assertThat(secret.reveal()).isEqualTo("SOME_KEY-value");
    assertThat(secret.toString()).isEqualTo("****");
  }

  @Test
  void readsAFileWithoutTheLineBreakAtItsEnd(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "abc\n");

    assertThat(SecretRef.parse("file:" + file).resolve(name -> Optional.empty()).reveal())
        .isEqualTo("abc");
  }

  @Test
  void namesThePlaceThatHoldsNoKey(@TempDir Path folder) throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), " \n");
    Path inner = Files.writeString(folder.resolve("inner"), "my secret");

    assertThat(refusal("env:NOT_SET")).contains("NOT_SET is not set");
    assertThat(refusal("file:" + folder.resolve("none"))).contains("none cannot be read");
    assertThat(refusal("file:" + empty)).contains("empty is empty");
    assertThat(refusal("file:" + inner)).contains("holds a space");
    assertThat(refusal("file:" + inner)).doesNotContain("my secret");
  }

  private static String refusal(String place) {
    ModelException e =
        assertThrows(
            ModelException.class, () -> SecretRef.parse(place).resolve(name -> Optional.empty()));
    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    return String.valueOf(e.getMessage());
  }
}
