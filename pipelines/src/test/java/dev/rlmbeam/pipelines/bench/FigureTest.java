package dev.rlmbeam.pipelines.bench;

import static com.google.common.truth.Truth.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FigureTest {

  @Test
  void keysAreInterface() {
    assertThat(Figure.keys())
        .containsExactly(
            "noop_p50_ms",
            "noop_10mb_state_p50_ms",
            "llm_query_p50_ms",
            "llm_query_64_threads_ms",
            "llm_query_batched_64_ms",
            "llm_query_delay20_1_p50_ms",
            "llm_query_delay20_32_p50_ms",
            "session_p50_ms",
            "sandbox_ready_p50_ms",
            "context_100mb_ms",
            "context_1gb_ms",
            "element_p50_ms",
            "engine_256_efficiency",
            "ask_first_turn_ms")
        .inOrder();
  }

  @Test
  void p95StandsBesideEachTime() {
    assertThat(Arrays.stream(Figure.values()).flatMap(figure -> figure.p95Key().stream()))
        .containsExactly(
            "noop_p95_ms",
            "noop_10mb_state_p95_ms",
            "llm_query_p95_ms",
            "llm_query_64_threads_p95_ms",
            "llm_query_batched_64_p95_ms",
            "llm_query_delay20_1_p95_ms",
            "llm_query_delay20_32_p95_ms",
            "session_p95_ms",
            "sandbox_ready_p95_ms",
            "context_100mb_p95_ms",
            "context_1gb_p95_ms",
            "element_p95_ms",
            "ask_first_turn_p95_ms")
        .inOrder();
  }

  @Test
  void timesStayBelowTheirTargetAndSharesReachIt() {
    assertThat(Figure.NOOP.meetsTarget(2.999)).isTrue();
    assertThat(Figure.NOOP.meetsTarget(3)).isFalse();
    assertThat(Figure.ENGINE.meetsTarget(0.95)).isTrue();
    assertThat(Figure.ENGINE.meetsTarget(0.949)).isFalse();
    assertThat(Figure.CONTEXT_1GB.meetsTarget(1e6)).isTrue();
  }
}
