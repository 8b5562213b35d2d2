package dev.rlmbeam.transforms.model;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlTest {

  @ParameterizedTest
  @CsvSource({
    "http://localhost:11434, http://localhost:11434/v1/chat/completions",
    "http://localhost:11434/, http://localhost:11434/v1/chat/completions",
    "http://localhost:8000/v1, http://localhost:8000/v1/chat/completions",
    "http://localhost:8000/v1/, http://localhost:8000/v1/chat/completions",
    "https://openrouter.ai/api/v1, https://openrouter.ai/api/v1/chat/completions",
    "https://h/v1/chat/completions, https://h/v1/chat/completions",
    "https://h/v1/chat/completions/, https://h/v1/chat/completions",
    "https://h/openai/deployments/x?api-version=1,"
        + " https://h/openai/deployments/x/chat/completions?api-version=1",
    "' https://h ', https://h/v1/chat/completions",
  })
  void addsVersionOnlyWhereThereIsNoPath(String base, String called) {
    assertThat(BaseUrl.chatCompletions(base)).isEqualTo(HttpUrl.get(called));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8000", "", "ftp://h/v1", "h"})
  void refusesWhatIsNoHttpAddress(String base) {
    assertThrows(IllegalArgumentException.class, () -> BaseUrl.chatCompletions(base));
  }

  @Test
  void refusesAPasswordAndDoesNotRepeatIt() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> BaseUrl.chatCompletions("https://u:pw123@h/v1"));

    assertThat(e).hasMessageThat().doesNotContain("pw123");
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:1, true",
    "http://127.0.0.1:1, true",
    "http://127.8.0.1:1, true",
    "http://[::1]:1, true",
    "http://api.localhost:1, true",
    "https://api.openai.com, false",
    "http://10.0.0.1, false",
    "http://localhost.example.com, false",
  })
  void knowsThisMachine(String url, boolean local) {
    assertThat(BaseUrl.isLocal(HttpUrl.get(url))).isEqualTo(local);
  }

  @Test
  void refusesASecretInTheAddressWithoutShowingIt() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> BaseUrl.chatCompletions("http://host/v1?api-key=QSECRET"));

    assertThat(e).hasMessageThat().contains("api-key");
    assertThat(e).hasMessageThat().contains("env:NAME");
    assertThat(e).hasMessageThat().doesNotContain("QSECRET");
  }
}
