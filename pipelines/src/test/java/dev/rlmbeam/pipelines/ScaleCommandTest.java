package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rlm scale}. */
final class ScaleCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void foreseesByAQuotaWhatAFormulaForesees() throws Exception {
    CommandRun run =
        CommandRun.of(
            "scale",
            "--elements=60000",
            "--workers=4",
            "--turns=2",
            "--subCalls=0",
            "--requestsPerMinute=600",
            "--json");

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    JsonNode json = JSON.readTree(run.out());
    assertThat(json.path("wallSeconds").asDouble()).isWithin(60).of(12_000);
    assertThat(json.path("calls").asLong()).isEqualTo(120_000);
    assertThat(json.path("bottleneck").asText()).isEqualTo("modelQuota");
    assertThat(json.path("limits").path("modelQuota").path("busy").asDouble()).isAtLeast(0.99);
  }

  @Test
  void reckonsWhatItCostsByThePriceFile() throws Exception {
    Path prices = folder.resolve("prices.yaml");
    Files.writeString(prices, "coreSecondUsd: 0.00004\ngibSecondUsd: 0.000008\n");

    JsonNode json =
        JSON.readTree(
            CommandRun.of(
                    "scale",
                    "--elements=1000",
                    "--workers=2",
                    "--turns=1",
                    "--subCalls=1",
                    "--rootTokens=1000,100",
                    "--subTokens=3000,400",
                    "--modelUsd=2,10",
                    "--workerUsd=0.36",
                    "--sandboxPrices=" + prices,
                    "--json")
                .out());

    double wall = json.path("wallSeconds").asDouble();
    JsonNode cost = json.path("costUsd");
    assertThat(cost.path("models").asDouble()).isWithin(1e-6).of(8 + 5);
    assertThat(cost.path("workers").asDouble()).isWithin(1e-5).of(2 * wall * 0.0001);
    assertThat(cost.path("sandboxes").asDouble())
        .isWithin(1e-5)
        .of(16 * wall * (0.125 * 0.00004 + 0.125 * 0.000008));
  }

  @Test
  void theTableFitsATerminalAndSaysWhatToDo() {
    String table = CommandRun.of("scale", "--sandbox=modal").out();

    assertThat(table).contains("10,000,000 elements");
    assertThat(table).contains("Bottleneck: ");
    assertThat(table).contains("To be faster, ");
    assertThat(table).contains("--sandboxPrices");
    assertThat(table.lines().mapToInt(String::length).max().orElseThrow()).isAtMost(80);
  }

  @Test
  void aWrongValueIsNamedWithWhatIsAllowed() {
    Map<String, String> wrong =
        Map.ofEntries(
            Map.entry("--elements=0", "1 to "),
            Map.entry("--elements=-5", "1 to "),
            Map.entry("--elements=many", "a whole number"),
            Map.entry("--workers=0", "1 to 10000"),
            Map.entry("--workers=10001", "1 to 10000"),
            Map.entry("--cores=0", "0.1 to 1024"),
            Map.entry("--cores=NaN", "0.1 to 1024"),
            Map.entry("--turns=0", "1 to 1000"),
            Map.entry("--subCalls=-1", "0 to 10000"),
            Map.entry("--latency=0", "a time span above 0"),
            Map.entry("--latencySpread=1.5", "0.0 to 1.0"),
            Map.entry("--requestsPerMinute=-1", "0.0 to "),
            Map.entry("--rootTokens=7", "two numbers"),
            Map.entry("--modelUsd=-1,2", "two numbers"),
            Map.entry("--elementCpu=-2", "0.0 to 1000.0"),
            Map.entry("--repeated=2", "0.0 to 1.0"),
            Map.entry("--sandbox=moon", "one of local, modal"),
            Map.entry("--sandboxQuota=-1", "0 or more"));
    wrong.forEach(
        (argument, allowed) -> {
          CommandRun run = CommandRun.of("scale", argument);

          assertWithMessage(argument).that(run.exitCode()).isEqualTo(ExitCode.USAGE);
          String option = argument.substring(0, argument.indexOf('=') + 1);
          assertThat(run.err()).startsWith(option); // a number is shown as it was read
          assertThat(run.err()).contains(": must be " + allowed);
          assertThat(run.out()).isEmpty();
        });
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    CommandRun quota = CommandRun.of("scale", "--workers=30", "--sandboxQuota=20");
    CommandRun slots = CommandRun.of("scale", "--workers=1000", "--maxInFlight=5000");

    assertThat(quota.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(quota.err()).contains("Take 20 workers or fewer.");
    assertThat(slots.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(slots.err()).contains("5000000 elements at a time");
  }
}
