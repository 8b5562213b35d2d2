package dev.rlmbeam.pipelines.flink;

import static com.google.common.truth.Truth.assertThat;

import java.util.Arrays;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

/** Which keys tasks are dealt over. That Flink does as it is assumed to, its own tests see. */
final class EvenSpreadTest {
  private static int mix(int hash) {
    return (hash * 0x9E3779B9) >>> 1;
  }

  @Test
  void keysGoToOneSubtaskAfterTheOther() throws Exception {
    for (int parallelism : new int[] {2, 3, 4, 7, 64}) {
      int[] keys = EvenSpread.keys(parallelism, EvenSpreadTest::mix);

      assertThat(keys.length).isEqualTo(64 * parallelism);
      assertThat(Arrays.stream(keys).distinct().count()).isEqualTo(keys.length);
      for (int i = 0; i < keys.length; i++) {
        byte[] encoded = CoderUtils.encodeToByteArray(VarIntCoder.of(), keys[i]);
        assertThat(mix(Arrays.hashCode(encoded)) % parallelism).isEqualTo(i % parallelism);
      }
    }
  }

  @Test
  void flinksOwnMixIsFound() {
    assertThat(EvenSpread.over(4).isPresent()).isTrue();
  }
}
