package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** Where a run goes. */
final class RunPathTest {
  private static final ZonedDateTime START =
      ZonedDateTime.of(2026, 1, 31, 23, 59, 58, 0, ZoneOffset.UTC);

  @Test
  void theTimeStandsWhereItIsAskedFor() {
    assertThat(RunPath.withTime("gs://b/runs/{time}", START))
        .isEqualTo("gs://b/runs/20260131-235958");
    assertThat(RunPath.withTime("out/{times}", START)).isEqualTo("out/{times}");
  }
}
