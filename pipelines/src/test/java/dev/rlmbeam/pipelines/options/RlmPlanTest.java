package dev.rlmbeam.pipelines.options;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.cli.CommandLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RlmPlanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--maxTurns=0 | --maxTurns=0: must be 1 or more.",
        "--maxSubCalls=-1 | --maxSubCalls=-1: must be 0 or more.",
        "--maxInFlight=0 | --maxInFlight=0: must be 1 to 10000.",
        "--sessionsPerSandbox=0 | --sessionsPerSandbox=0: must be 1 to 1000.",
        "--maxSandboxes=-1 | --maxSandboxes=-1: must be 0 or more.",
        "--leaseSeconds=2 | --leaseSeconds=2: must be 3 to 600.",
        "--sessionMemoryMib=8 | --sessionMemoryMib=8: must be 64 or more.",
        "--maxConnections=0 | --maxConnections=0: must be 1 to 10000.",
        "--maxRetries=101 | --maxRetries=101: must be 0 to 100.",
        "--runMaxModelCalls=-1 | --runMaxModelCalls=-1: must be 0 or more.",
        "--isolation=none | --isolation=none: must be one of bundle, element.",
        "--localIsolation=docker | --localIsolation=docker: must be one of auto, bubblewrap, none.",
        "--blockTimeout=soon | --blockTimeout=soon: must be a time span above 0, such as 300s, 5m or"
            + " 1h.",
      })
  void namesOptionValueAndWhatIsAllowed(String argument, String message) {
    assertThat(problem(argument)).isEqualTo(message);
  }

  @Test
  void namesTheModelsThereAre() {
    assertThat(problem("--model=gpt-4")).contains("openai/NAME");
    assertThat(problem("--subModel=gpt-4")).startsWith("--subModel=gpt-4: ");
  }

  @Test
  void refusesALiteralKeyWithoutRepeatingIt() {
    String message = problem("--modelApiKey=sk-very-secret");

    assertThat(message).contains("env:NAME");
    assertThat(message).doesNotContain("sk-very-secret");
  }

  @Test
  void namesTheOptionOfAWrongBodyAndOfAWrongAddress() {
    assertThat(problem("--modelBody=[1]")).startsWith("--modelBody: ");
    assertThat(problem("--modelBaseUrl=localhost")).startsWith("--modelBaseUrl: ");
  }

  @Test
  void aMissingKeyIsFoundBeforeAnythingIsPaid() {
    RlmPlan plan =
        plan(
            "--model=openai/some",
            "--modelBaseUrl=https://models.invalid/v1",
            "--modelApiKey=env:NO_SUCH_VARIABLE_HERE");

    UsageException e = assertThrows(UsageException.class, () -> plan.preflight(false));

    assertThat(e).hasMessageThat().contains("NO_SUCH_VARIABLE_HERE");
  }

  @Test
  void workersMayDoWithoutWallsForTheOfflineModelAlone() {
    assertThat(plan("--model=offline").localSandboxes().plainAllowed()).isTrue();
    assertThat(plan("--model=openai/some").localSandboxes().plainAllowed()).isFalse();
    assertThat(plan("--model=offline", "--subModel=openai/some").localSandboxes().plainAllowed())
        .isFalse();
  }

  @Test
  void aMissingPythonIsFoundBeforeAnythingIsPaid() {
    UsageException e =
        assertThrows(
            UsageException.class, () -> plan("--python=/no/such/python3").preflight(false));

    assertThat(e).hasMessageThat().contains("/no/such/python3");
  }

  @Test
  void aPythonThatIsTooOldIsNamedWithItsVersion(@TempDir Path folder) throws Exception {
    Path python = folder.resolve("python3");
    // As an old one answers when it is asked what it is.
    Files.writeString(
        python, "#!/bin/sh\necho '[\"/usr/bin/python3\", [3, 6, 9], [], [], [], 0]'\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();

    UsageException e =
        assertThrows(UsageException.class, () -> plan("--python=" + python).preflight(false));

    assertThat(e).hasMessageThat().contains(python + " is Python 3.6.9, which is too old");
    assertThat(e).hasMessageThat().contains("3.8");
  }

  @Test
  void setupCodeAndPromptMayStandInFiles(@TempDir Path folder) throws Exception {
    Path code = Files.writeString(folder.resolve("setup.py"), "import math\n");

    assertThat(TextOrFile.read("setupCode", "@" + code)).isEqualTo("import math");
    assertThat(problem("--setupCode=@" + folder.resolve("absent.py"))).contains("there is no file");
  }

  private static String problem(String argument) {
    return assertThrows(UsageException.class, () -> plan(argument)).getMessage();
  }

  private static RlmPlan plan(String... arguments) {
    return RlmPlan.of(CommandLine.parse(BatchOptions.class, List.of(arguments)));
  }
}
