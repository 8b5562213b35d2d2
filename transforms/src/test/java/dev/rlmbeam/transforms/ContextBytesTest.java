package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import org.junit.jupiter.api.Test;

class ContextBytesTest {

  @Test
  void countsAnInlineContextAsTextAndAsBytes() {
    assertThat(ContextBytes.held(RlmContext.text("x".repeat(100)))).isEqualTo(500);
    assertThat(ContextBytes.held(RlmContext.json("[1, 2]"))).isEqualTo(30);
  }

  @Test
  void aContextThatIsStreamedHoldsNothing() {
    assertThat(ContextBytes.held(new RlmContext.Ref("gs://b/o", 1L << 40))).isEqualTo(0);
  }
}
