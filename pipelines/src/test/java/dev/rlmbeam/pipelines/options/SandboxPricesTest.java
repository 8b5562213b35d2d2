package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.CloudSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What sandboxes cost by a price file. */
final class SandboxPricesTest {
  private @TempDir Path folder;

  private SandboxPrices prices(String text) throws Exception {
    return SandboxPrices.read(Files.writeString(folder.resolve("p.yaml"), text).toString());
  }

  @Test
  void coresMemoryAndGpusAddUp() throws Exception {
    SandboxPrices prices =
        prices("coreSecondUsd: 0.5\ngibSecondUsd: 0.25\ngpuSecondUsd:\n  a100: 3\n");
    CloudSpec spec = CloudSpec.defaults().toBuilder().cpu(2).memoryMib(2048).gpu("A100:2").build();

    assertThat(prices.usdPerSecond(spec)).isWithin(1e-9).of(2 * 0.5 + 2 * 0.25 + 2 * 3);
    assertThat(prices.usdPerSecond(CloudSpec.defaults()))
        .isWithin(1e-9)
        .of(0.125 * 0.5 + 0.125 * 0.25);
  }

  @Test
  void aGpuWithoutAPriceIsNamed() throws Exception {
    SandboxPrices prices = prices("coreSecondUsd: 1\ngibSecondUsd: 1\n");
    CloudSpec spec = CloudSpec.defaults().toBuilder().gpu("T4").build();

    assertThat(assertThrows(UsageException.class, () -> prices.usdPerSecond(spec)))
        .hasMessageThat()
        .contains("T4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "coreSecondUsd: 1                        | gibSecondUsd must be a price",
        "coreSecondUsd: -1                       | coreSecondUsd must be a price",
        "coreSecondUsd: cheap                    | coreSecondUsd must be a price",
        "cpu: 1                                  | cpu is no key",
        "coreSecondUsd: [1                       | line",
      })
  void whatIsWrongIsNamed(String text, String words) {
    assertThat(assertThrows(UsageException.class, () -> prices(text)))
        .hasMessageThat()
        .contains(words);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(assertThrows(UsageException.class, () -> SandboxPrices.read("/no/where.yaml")))
        .hasMessageThat()
        .contains("--sandboxPrices=/no/where.yaml");
  }
}
