package dev.rlmbeam.examples;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import dev.rlmbeam.sandbox.TunnelTrust;
import dev.rlmbeam.sandbox.modal.proto.AppGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.ImageGetOrCreateRequest;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.testing.emulator.EmulatorOptions;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/modal.md shows, in Java and as flags, run against the emulator. */
@Timeout(300)
final class ModalExampleTest {
  private static final String PASSWORD = "changeit";

  private @TempDir Path folder;
  private ModalEmulator emulator;
  private Path trustStore;

  @BeforeEach
  void setUp() throws Exception {
    emulator = ModalEmulator.start(EmulatorOptions.defaults());
    // As if the emulator's authority were one of the system's: the examples do not speak of it.
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(
        "emulator", TunnelTrust.alsoIn(emulator.caCertificate()).added().get(0));
    trustStore = folder.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(trustStore)) {
      store.store(out, PASSWORD.toCharArray());
    }
  }

  @AfterEach
  void tearDown() {
    emulator.close();
  }

  private void java(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Djavax.net.ssl.trustStore=" + trustStore);
    command.add("-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(arguments);
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    // What `modal setup` would have written.
    Path toml =
        Files.writeString(
            folder.resolve("modal.toml"),
            String.format(
                "[me]%ntoken_id = \"%s\"%ntoken_secret = \"%s\"%nserver_url = \"%s\"%nactive = true%n",
                emulator.tokenId(), emulator.tokenSecret(), emulator.serverUrl()));
    builder.environment().put("MODAL_CONFIG_PATH", toml.toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertWithMessage(Files.readString(out)).that(process.exitValue()).isEqualTo(0);
  }

  private <T> List<T> asked(Class<T> type) {
    return emulator.requests().recorded().stream()
        .filter(request -> type.isInstance(request.message()))
        .map(request -> type.cast(request.message()))
        .toList();
  }

  private void example(String which) throws IOException, InterruptedException {
    Path answer = folder.resolve("answer.txt");
    java(List.of(ModalExample.class.getName(), answer.toString(), which));
    assertThat(Files.readAllLines(answer)).containsExactly("The toll is six pence.");
    assertThat(emulator.runningSandboxes()).isEmpty();
  }

  /** The flags stand in the document; only the input is another. */
  private void flags(int number) throws IOException, InterruptedException {
    List<String> lines =
        Regions.document("docs/modal.md")
            .lines()
            .filter(line -> line.startsWith("./rlm run --sandbox=modal --sandbox"))
            .toList();
    assertThat(lines).hasSize(2);
    Files.writeString(
        folder.resolve("rows.jsonl"),
        "{\"id\":\"g\",\"query\":\"What is the toll?\",\"context\":\"The toll is six pence.\"}\n");
    List<String> arguments = new ArrayList<>(List.of("dev.rlmbeam.pipelines.Main"));
    for (String word : lines.get(number).substring("./rlm ".length()).split(" ", -1)) {
      arguments.add(word);
    }
    java(arguments);
    assertThat(emulator.runningSandboxes()).isEmpty();
  }

  private void assertApp() {
    assertThat(asked(AppGetOrCreateRequest.class).get(0).getAppName()).isEqualTo("my-rlm-app");
    assertThat(asked(SandboxCreateV2Request.class).get(0).getDefinition().getTimeoutSecs())
        .isEqualTo(600);
  }

  private void assertImage(String from) {
    List<String> commands = new ArrayList<>();
    for (ImageGetOrCreateRequest image : asked(ImageGetOrCreateRequest.class)) {
      commands.addAll(image.getImage().getDockerfileCommandsList());
    }
    assertThat(commands).contains(from);
    assertThat(commands)
        .contains("RUN python3 -m pip install beautifulsoup4 lxml numpy pandas requests");
  }

  @Test
  void theAppInJava() throws Exception {
    example("app");
    assertApp();
  }

  @Test
  void theAppByFlags() throws Exception {
    flags(0);
    assertApp();
  }

  @Test
  void theImageInJava() throws Exception {
    example("image");
    assertImage("FROM python:3.11.12-slim-bookworm");
  }

  @Test
  void theImageByFlags() throws Exception {
    flags(1);
    assertImage("FROM python:3.11-slim");
  }
}
