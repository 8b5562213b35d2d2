package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.cli.CommandLine;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Names and defaults of options are an interface: a change here is a change for users. */
final class OptionTableTest {

  @Test
  void namesAndDefaultsStayAsTheyAre() {
    Map<String, String> defaults = new TreeMap<>();
    for (OptionTable.Option option : OptionTable.of(BatchOptions.class).own()) {
      defaults.put(option.name(), option.defaultValue());
    }

    assertThat(defaults)
        .containsExactlyEntriesIn(
            Map.ofEntries(
                Map.entry("addOns", ""),
                Map.entry("attached", "true"),
                Map.entry("blockTimeout", "120s"),
                Map.entry("config", ""),
                Map.entry("contextField", "context"),
                Map.entry("contextUriField", ""),
                Map.entry("dryRun", "false"),
                Map.entry("elementTimeout", "300s"),
                Map.entry("explain", "false"),
                Map.entry("idField", "id"),
                Map.entry("ids", ""),
                Map.entry("include", ""),
                Map.entry("inlineContextLimit", "1048576"),
                Map.entry("input", ""),
                Map.entry("isolation", "bundle"),
                Map.entry("leaseSeconds", "60"),
                Map.entry("limit", "0"),
                Map.entry("localIsolation", "auto"),
                Map.entry("maxConnections", "64"),
                Map.entry("maxErrorRate", "0.1"),
                Map.entry("maxInFlight", "64"),
                Map.entry("maxLineBytes", "67108864"),
                Map.entry("maxRetries", "4"),
                Map.entry("maxSandboxLosses", "3"),
                Map.entry("maxSandboxes", "0"),
                Map.entry("maxSubCalls", "1000"),
                Map.entry("maxTurns", "30"),
                Map.entry("mergeMessages", "false"),
                Map.entry("modalCaCertificate", ""),
                Map.entry("modalEnvironment", ""),
                Map.entry("modalProfile", ""),
                Map.entry("modalServerUrl", ""),
                Map.entry("modalToken", ""),
                Map.entry("model", "offline"),
                Map.entry("modelApiKey", ""),
                Map.entry("modelBaseUrl", ""),
                Map.entry("modelBody", ""),
                Map.entry("modelTimeout", "300s"),
                Map.entry("output", ""),
                Map.entry("outputFormat", "jsonl"),
                Map.entry("overwrite", "false"),
                Map.entry("python", ""),
                Map.entry("query", ""),
                Map.entry("runMaxModelCalls", "0"),
                Map.entry("sample", "0"),
                Map.entry("sandbox", "local"),
                Map.entry("sandboxAllowCidrs", ""),
                Map.entry("sandboxAllowDomains", ""),
                Map.entry("sandboxApp", "rlm-sandbox"),
                Map.entry("sandboxAptInstall", ""),
                Map.entry("sandboxCpu", "0.0"),
                Map.entry("sandboxCpuLimit", "0.0"),
                Map.entry("sandboxCreatesPerSecond", "5.0"),
                Map.entry("sandboxDockerfile", ""),
                Map.entry("sandboxEnv", ""),
                Map.entry("sandboxGpu", ""),
                Map.entry("sandboxIdleTimeout", "0"),
                Map.entry("sandboxImage", ""),
                Map.entry("sandboxInboundCidrs", ""),
                Map.entry("sandboxMemoryLimitMib", "0"),
                Map.entry("sandboxMemoryMib", "0"),
                Map.entry("sandboxPipInstall", ""),
                Map.entry("sandboxPrices", ""),
                Map.entry("sandboxProxy", ""),
                Map.entry("sandboxQuota", "0"),
                Map.entry("sandboxRegions", ""),
                Map.entry("sandboxSecrets", ""),
                Map.entry("sandboxTags", ""),
                Map.entry("sandboxTimeout", ""),
                Map.entry("sandboxWorkdir", ""),
                Map.entry("sessionMemoryMib", "2048"),
                Map.entry("sessionsPerSandbox", "8"),
                Map.entry("setupCode", ""),
                Map.entry("stacktrace", "false"),
                Map.entry("subModel", ""),
                Map.entry("systemPrompt", ""),
                Map.entry("trajectories", "")));
  }

  @Test
  void everyOptionIsDescribedInASentence() {
    for (OptionTable.Option option : OptionTable.of(BatchOptions.class).own()) {
      assertThat(option.description()).matches("(?s)[A-Za-z].{10,}\\.");
    }
  }

  @Test
  void everyOptionHasItsPlaceInHelp() {
    for (OptionTable.Option option : OptionTable.of(BatchOptions.class).own()) {
      assertThat(option.group().isPresent()).isTrue();
      assertThat(option.sample().isEmpty()).isEqualTo(option.isFlag());
    }
  }

  @Test
  void ofTheModelBodyOnlyFieldsAreShown() {
    BatchOptions options =
        CommandLine.parse(
            BatchOptions.class,
            List.of("--modelBody={\"extra_headers\": {\"X\": \"s3cret\"}, \"top_k\": 5}"));

    assertThat(OptionTable.of(BatchOptions.class).values(options))
        .containsEntry("modelBody", "{\"extra_headers\":\"…\",\"top_k\":\"…\"}");
  }

  @Test
  void valuesThatMayHoldKeysAreNotShown() {
    BatchOptions options =
        CommandLine.parse(
            BatchOptions.class, List.of("--sandboxEnv=A=sk-1,B=x=sk-2", "--sandboxTags=team=law"));

    Map<String, String> shown = OptionTable.of(BatchOptions.class).values(options);

    assertThat(shown.get("sandboxEnv")).isEqualTo("A=…,B=…");
    assertThat(shown.get("sandboxTags")).isEqualTo("team=law");
  }
}
