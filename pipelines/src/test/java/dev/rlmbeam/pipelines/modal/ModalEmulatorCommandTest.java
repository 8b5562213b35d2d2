package dev.rlmbeam.pipelines.modal;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.ModalConfig;
import dev.rlmbeam.sandbox.modal.ModalSweep;
import dev.rlmbeam.sandbox.modal.ModalToken;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The emulator as a command of its own. */
@Timeout(60)
final class ModalEmulatorCommandTest {
  private @TempDir Path folder;

  private Process start(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of("dev.rlmbeam.pipelines.Main", "modal-emulator"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(folder.resolve("err.txt").toFile()).start();
  }

  @Test
  void itSaysWhereItIsInOneLineAndEndsWithNothingLeft() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "as-of-a-test\n");
    Process process =
        start(
            "--tokenId=ak-of-a-test",
            "--tokenSecretFile=" + secret,
            "--secret=hub:A=1",
            "--environment=dev",
            "--fault=rpc-slow:rpc=SandboxListV2:delay=10ms");
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      JsonNode line = new ObjectMapper().readTree(out.readLine());
      assertThat(line.path("tokenId").asText()).isEqualTo("ak-of-a-test");
      Path certificate = Path.of(line.path("caCertificate").asText());
      ModalConfig config =
          ModalConfig.of(new ModalToken("ak-of-a-test", line.path("tokenSecret").asText()))
              .withServerUrl(URI.create(line.path("serverUrl").asText()));
      try (ModalSweep sweep = ModalSweep.open(config, TunnelTrust.alsoIn(certificate))) {
        assertThat(sweep.find("rlm-sandbox", Map.of())).isEmpty();
      }

      process.destroy(); // as Ctrl-C or the end of a job would

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(0);
      assertThat(Files.exists(certificate)).isFalse();
    } finally {
      process.destroyForcibly();
    }
  }
}
