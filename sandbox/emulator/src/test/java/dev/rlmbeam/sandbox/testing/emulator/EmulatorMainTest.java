package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class EmulatorMainTest {

  private record Ran(int code, String out, String err) {}

  private static Ran run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        EmulatorMain.run(
            args,
            InputStream.nullInputStream(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return new Ran(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  @Test
  void printsOneLineAndEndsWithStdin(@TempDir Path folder) throws Exception {
    Ran ran =
        run(
            "--port=0",
            "--tokenId",
            "ak-mine",
            "--tokenSecret=as-mine",
            "--workFolder=" + folder,
            "--secret=name:A=1,B=2",
            "--fault=tunnel-drop:rate=0.1",
            "--endWithStdin");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isEqualTo(0);
    assertThat(ran.out().lines().count()).isEqualTo(1);
    JsonNode line = new ObjectMapper().readTree(ran.out());
    assertThat(line.path("serverUrl").asText()).startsWith("http://127.0.0.1:");
    assertThat(line.path("tokenId").asText()).isEqualTo("ak-mine");
    assertThat(line.path("tokenSecret").asText()).isEqualTo("as-mine");
    assertThat(line.path("caCertificate").asText()).startsWith(folder.toString());
    try (var left = Files.list(folder)) {
      assertThat(left.toList()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--colour=red|--colour is no option of the emulator; --help shows all",
        "--port|--port needs a value; --help shows all",
        "--port=many|--port: this is no whole number: many",
        "--port=70000|port must be from 0 to 65535, but was 70000",
        "--localIsolation=some|--localIsolation: this is none of auto, bubblewrap, none: some",
        "--fault=flood|--fault: there is no fault flood;",
        "--tokenId=mine|tokenId must begin with ak-",
        "--secret=name:=secretvalue|--secret: a secret is NAME:KEY=VALUE,KEY=VALUE"
      })
  void badOptionsSayWhatIsWrong(String option, String says) {
    Ran ran = run(option);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(says);
    assertThat(ran.err()).doesNotContain("secretvalue");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void aPortThatIsTakenIsTold() throws Exception {
    try (ModalEmulator first = ModalEmulator.start(EmulatorOptions.defaults())) {
      String port = first.serverUrl().substring(first.serverUrl().lastIndexOf(':') + 1);

      Ran ran = run("--port=" + port);

      assertThat(ran.code()).isEqualTo(2);
      assertThat(ran.err()).contains("port " + port);
    }
  }

  @Test
  void whatAKilledOneLeavesTheNextRemoves(@TempDir Path folder) throws Exception {
    Process process = start(folder);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      Path left =
          Path.of(new ObjectMapper().readTree(out.readLine()).path("caCertificate").asText());
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.exists(left)).isTrue();

      Ran next = run("--workFolder=" + folder, "--endWithStdin");

      assertThat(next.code()).isEqualTo(0);
      assertThat(Files.exists(left)).isFalse();
    }
  }

  private static Process start(Path folder) throws Exception {
    return new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                EmulatorMain.class.getName(),
                "--workFolder=" + folder))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void aSignalEndsAllSandboxes(@TempDir Path folder) throws Exception {
    Process process = start(folder);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      JsonNode line = new ObjectMapper().readTree(out.readLine());
      try (Caller caller =
          new Caller(
              line.path("serverUrl").asText(),
              line.path("tokenId").asText(),
              line.path("tokenSecret").asText())) {
        var unused = caller.create(caller.definition("sleep", "600"));
        List<ProcessHandle> started = process.toHandle().descendants().toList();
        assertThat(started).isNotEmpty();

        process.destroy();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        // What is dead and not fetched by its parent yet has no command line any more.
        assertThat(started.stream().filter(one -> one.info().commandLine().isPresent()).toList())
            .isEmpty();
        assertThat(process.exitValue()).isEqualTo(143);
      }
      try (var left = Files.list(folder)) {
        assertThat(left.toList()).isEmpty();
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
