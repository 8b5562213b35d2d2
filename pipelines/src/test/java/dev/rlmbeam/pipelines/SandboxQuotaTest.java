package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.cli.CommandLine;
import dev.rlmbeam.pipelines.options.RunOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that could want more sandboxes than an account has. */
final class SandboxQuotaTest {

  private static RunOptions options(String arguments) {
    return CommandLine.parse(RunOptions.class, List.of(arguments.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "--sandboxQuota=16 --maxInFlight=64 --sessionsPerSandbox=8, 2",
    "--sandboxQuota=20 --maxInFlight=10 --isolation=element, 2",
    "--sandboxQuota=6 --maxSandboxes=3 --maxInFlight=500, 2",
    "--sandboxQuota=0 --maxInFlight=500, 90",
  })
  void whatFitsIsTaken(String arguments, int workers) {
    assertDoesNotThrow(() -> SandboxQuota.check(options(arguments), workers));
  }

  @ParameterizedTest
  @CsvSource({
    "--sandboxQuota=15 --maxInFlight=64, 2, may want 16 at a time, --maxSandboxes=7 or less",
    "--sandboxQuota=15 --maxInFlight=8 --isolation=element, 2, may want 16, --maxSandboxes=7",
    "--sandboxQuota=5 --maxSandboxes=3, 2, 2 workers with 3 sandboxes each, --maxSandboxes=2",
    "--sandboxQuota=3 --maxInFlight=1, 4, may want 4, Take 3 workers or fewer",
    "--sandboxQuota=-1, 1, must be 0 or more, --sandboxQuota=-1",
  })
  void whatDoesNotNamesTheCure(String arguments, int workers, String words, String cure) {
    UsageException e =
        assertThrows(UsageException.class, () -> SandboxQuota.check(options(arguments), workers));

    assertThat(e).hasMessageThat().contains(words);
    assertThat(e).hasMessageThat().contains(cure);
  }
}
