package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the machine has: the real one. */
@Timeout(60)
final class DoctorCommandTest {
  @TempDir private Path folder;

  @Test
  void withTheKeywordMatcherThisMachineWillDo() {
    CommandRun run = CommandRun.of("doctor");

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    for (String what : new String[] {"Java", "space", "python3", "walls", "libraries", "Modal"}) {
      assertThat(run.out()).containsMatch("(ok  |note) " + what);
    }
    assertThat(run.out()).containsMatch("ok   bridge\\R.*llm_query\\(\\) from a sandbox");
    assertThat(run.out()).contains("A run with these options can start.");
  }

  @Test
  void aPythonThatIsMissingIsNamedWithItsCure() {
    CommandRun run = CommandRun.of("doctor", "--python=/no/such/python3");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).containsMatch("MISSING sandbox\\R.*there is no /no/such/python3");
    assertThat(run.out()).contains("1 problem; a run cannot start.");
  }

  @Test
  void aKeyAndAnEndpointAreLookedForAndNothingIsAskedOrShown() throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "sk-secret-0123456789");
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          seen.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders());
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    server.start();
    try {
      String baseUrl = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
      CommandRun run =
          CommandRun.of(
              "doctor",
              "--model=openai/scripted",
              "--modelBaseUrl=" + baseUrl,
              "--modelApiKey=file:" + key,
              "--localIsolation=none");

      assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).containsMatch("ok   key");
      assertThat(run.out()).contains(baseUrl + " answers");
      assertThat(seen).hasSize(1);
      assertThat(seen.get(0)).startsWith("/v1/models ");
      assertThat(seen + run.out() + run.err()).doesNotContain("sk-secret");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anEndpointThatIsDownAndAKeyThatIsMissingAreProblems() {
    String address;
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("no"))) {
      address = server.baseUrl();
    }

    CommandRun down =
        CommandRun.of(
            "doctor",
            "--model=openai/scripted",
            "--modelBaseUrl=" + address,
            "--localIsolation=none");
    CommandRun keyless =
        CommandRun.of(
            "doctor", "--model=openai/x", "--modelApiKey=env:NO_SUCH_KEY", "--localIsolation=none");

    assertThat(down.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(down.out()).containsMatch("MISSING endpoint\\R.*" + address);
    assertThat(keyless.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(keyless.out()).containsMatch("MISSING key\\R.*");
    assertThat(keyless.out()).contains("NO_SUCH_KEY");
  }
}
