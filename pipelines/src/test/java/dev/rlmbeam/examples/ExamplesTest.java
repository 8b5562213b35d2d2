package dev.rlmbeam.examples;

import static com.google.common.truth.Truth.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples do what their text says. */
@Timeout(120)
final class ExamplesTest {
  @TempDir private Path folder;

  @Test
  void theMinimalOneWritesTheAnswer() throws IOException {
    Path output = folder.resolve("answers.txt");

    MinimalExample.main(new String[] {output.toString()});

    assertThat(Files.readAllLines(output))
        .containsExactly("ferry: For the ferry landing it voted a sum of 1,840 pounds.");
  }

  @Test
  void theWindowedOneWritesAFileAnHourAndAFileOfFailures() throws IOException {
    WindowedExample.main(new String[] {folder.toString()});

    Map<String, List<String>> written = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        written.put(name.substring(0, name.indexOf(":00:00")), Files.readAllLines(file));
      }
    }
    assertThat(written.keySet())
        .containsExactly(
            "answers-2026-03-01T09", "answers-2026-03-01T10", "failures-2026-03-01T10");
    assertThat(written.get("answers-2026-03-01T09")).containsExactly("t1: Pump seven failed.");
    assertThat(written.get("answers-2026-03-01T10")).containsExactly("t2: Pump two leaks oil.");
    List<String> failures = written.get("failures-2026-03-01T10");
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0)).startsWith("t3 (log:3): CONTEXT_INVALID: ");
    assertThat(failures.get(0)).contains("/no/log");
  }

  @Test
  void theOwnModelIsAskedAndItsCodeIsRun() throws IOException {
    ConcurrentLinkedQueue<String> prompts = new ConcurrentLinkedQueue<>();
    byte[] reply =
        """
        ```repl
        answer["content"] = f"{len(context.splitlines())} lines"
        answer["ready"] = True
        ```
        """
            .getBytes(StandardCharsets.UTF_8);
    HttpServer house =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    house.createContext(
        "/",
        exchange -> {
          prompts.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    house.start();
    Path output = folder.resolve("answers.txt");
    try {
      String address = "http://127.0.0.1:" + house.getAddress().getPort() + "/";

      OwnModelExample.main(new String[] {address, output.toString(), "NONE"});
    } finally {
      house.stop(0);
    }

    assertThat(Files.readAllLines(output)).containsExactly("lines: 3 lines [house-1]");
    assertThat(prompts).hasSize(1);
    assertThat(prompts.peek()).startsWith("system: ");
    assertThat(prompts.peek()).contains("How many lines are there?");
  }
}
