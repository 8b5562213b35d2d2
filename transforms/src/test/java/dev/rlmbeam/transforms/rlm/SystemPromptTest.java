package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SystemPromptTest {

  @Test
  void saysTheLimitsThatHold() {
    String prompt =
        SystemPrompt.of(
            RlmSettings.defaults()
                .withMaxTurns(7)
                .withMaxSubCalls(64)
                .withBlockTimeout(Duration.ofSeconds(45)));

    assertThat(prompt).contains("At most 7 turns");
    assertThat(prompt).contains("At most 64 queries");
    assertThat(prompt).contains("longer than 45 s");
    assertThat(prompt).contains("first 20,000 characters");
  }

  @Test
  void saysWhenThereAreNoQueries() {
    assertThat(SystemPrompt.of(RlmSettings.defaults().withMaxSubCalls(0)))
        .contains("No queries are allowed");
  }

  @Test
  void advertisesNoFunctionThatIsNotThere() {
    Set<String> named = new HashSet<>();
    Matcher names = Pattern.compile("`(\\w+)\\(").matcher(SystemPrompt.of(RlmSettings.defaults()));
    while (names.find()) {
      named.add(names.group(1));
    }

    assertThat(named).containsExactly("llm_query", "llm_query_batched", "SHOW_VARS");
  }

  @Test
  void showsItsOwnExampleAsABlockThatRuns() {
    assertThat(ResponseCode.parse(SystemPrompt.of(RlmSettings.defaults()), false).blocks())
        .containsExactly("print(type(context), len(context))");
  }
}
