package dev.rlmbeam.runners.flink;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A run whose input, contexts and output are on S3Proxy, which keeps a bucket as a folder. */
@Timeout(900)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
final class S3ProofTest {
  private static final String ROOT = "s3://bucket";
  private final String secret = "secret-" + UUID.randomUUID();
  @TempDir private Path folder;

  @Test
  void inputContextsAndOutputAreOnS3() throws Exception {
    int port = freePort();
    Path bucket = Files.createDirectories(folder.resolve("s3/bucket"));
    StoredRows.write(Files.createDirectories(bucket.resolve("data")), ROOT + "/data");
    Process server = server(port);
    try (FlinkRig rig = new FlinkRig(folder, call -> Rows.reply(call, Duration.ofMillis(200)))) {
      FlinkRig.await("S3Proxy", Duration.ofMinutes(1), () -> answers(port) || !server.isAlive());
      rig.environment("AWS_ACCESS_KEY_ID", "rlm");
      rig.environment("AWS_SECRET_ACCESS_KEY", secret);
      rig.addOn("s3");
      JsonNode up = rig.up("--taskManagers=2", "--slots=2");
      String[] options = {
        "--addOns=s3",
        "--endpoint=http://127.0.0.1:" + port,
        "--awsRegion=us-east-1",
        "--contextUriField=uri",
        "--parallelism=4"
      };

      FlinkRig.Outcome outcome = StoredRows.run(rig, ROOT, options);

      List<String> client =
          new ArrayList<>(List.of("run", "-m", up.path("rest").asText().replace("http://", "")));
      client.addAll(List.of("-p", "4", "-C", FlinkRig.addOnJar("s3").toUri().toString()));
      client.addAll(List.of(FlinkRig.jobJar().toString(), "--runner=FlinkRunner"));
      client.addAll(rig.options(ROOT + "/data/rows.jsonl", ROOT + "/out-2", options));
      FlinkRig.Outcome second = rig.startFlinkClient(client).await();

      StoredRows.check(outcome, bucket.resolve("out"));
      StoredRows.check(second, bucket.resolve("out-2"));
      for (Path place : List.of(Path.of(up.path("log").asText()), bucket)) {
        assertThat(all(place)).doesNotContain(secret);
      }
      Scale.line(
          "s3://: input, %d contexts by URI and output, by ./rlm and by flink run -C; %d answered once each, by both task"
              + " managers; the secret is neither in logs nor in what was written",
          StoredRows.COUNT, StoredRows.COUNT);
    } finally {
      server.destroy();
    }
  }

  private Process server(int port) throws IOException {
    Path settings = folder.resolve("s3proxy.conf");
    Files.writeString(
        settings,
        String.join(
            "\n",
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.identity=rlm",
            "s3proxy.credential=" + secret,
            // Of a copy: what else than the content is copied.
            "s3proxy.ignore-unknown-headers=true",
            "jclouds.provider=filesystem",
            "jclouds.identity=none",
            "jclouds.credential=none",
            "jclouds.filesystem.basedir=" + folder.resolve("s3")));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("s3proxy.log").toFile())
        .start();
  }

  private static String all(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(new String(Files.readAllBytes(file), ISO_8859_1));
      }
    }
    return all.toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
