package dev.rlmbeam.transforms.rlm.trajectory;

import static com.google.common.truth.Truth.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrajectoryNamesTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void keepsAPlainId() {
    assertThat(TrajectoryNames.of("doc-17.txt", 1, NOON))
        .matches("doc-17\\.txt_2026-03-01_12-00-00_[0-9a-f]{8}\\.jsonl");
  }

  @Test
  void makesAnyIdSafe() {
    List<String> ids =
        List.of(
            "",
            ".",
            "..",
            "../../etc/passwd",
            "gs://bucket/a b/c.txt",
            "\uD83D\uDE00\u00E9",
            "a\u0000b\nc",
            "-rf",
            "x".repeat(5_000));
    for (String id : ids) {
      assertThat(TrajectoryNames.of(id, 1, NOON))
          .matches("[A-Za-z0-9][A-Za-z0-9._-]{20,110}\\.jsonl");
    }
  }

  @Test
  void keepsApartIdsThatLookAlike() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      names.add(TrajectoryNames.of("the/same/long/prefix/".repeat(5) + i, 1, NOON));
    }
    names.add(TrajectoryNames.of("a/b", 1, NOON));
    names.add(TrajectoryNames.of("a-b", 1, NOON));
    names.add(TrajectoryNames.of("a?b", 1, NOON));

    assertThat(names).hasSize(20_003);
  }

  @Test
  void keepsApartAttempts() {
    assertThat(TrajectoryNames.of("a", 1, NOON)).isNotEqualTo(TrajectoryNames.of("a", 2, NOON));
  }
}
