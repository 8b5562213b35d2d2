package dev.rlmbeam.runners.flink;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose input, contexts and output are on gs://, at a server that speaks as much of it as
 * Beam's client asks.
 */
@Timeout(900)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
final class GsProofTest {
  private static final String ROOT = "gs://bucket";

  @TempDir private Path folder;

  @Test
  void inputContextsAndOutputAreOnGs() throws Exception {
    Path bucket = Files.createDirectories(folder.resolve("gs/bucket"));
    StoredRows.write(Files.createDirectories(bucket.resolve("data")), ROOT + "/data");
    try (GsServer server = GsServer.start(folder.resolve("gs"));
        FlinkRig rig = new FlinkRig(folder, call -> Rows.reply(call, Duration.ofMillis(200)))) {
      rig.addOn("gs");
      rig.up("--taskManagers=2", "--slots=2");
      String[] options = {
        "--addOns=gs",
        "--gcsEndpoint=" + server.endpoint(),
        "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory",
        "--contextUriField=uri",
        "--parallelism=4"
      };

      FlinkRig.Outcome outcome = StoredRows.run(rig, ROOT, options);

      StoredRows.check(outcome, bucket.resolve("out"));
      Scale.line(
          "gs://: input, %d contexts by URI and output; %d answered once each, by both task"
              + " managers",
          StoredRows.COUNT, StoredRows.COUNT);
    }
  }
}
