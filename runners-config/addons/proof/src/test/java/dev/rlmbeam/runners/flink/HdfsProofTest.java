package dev.rlmbeam.runners.flink;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A run whose input, contexts and output are on a real HDFS: a name node and a data node. */
@Timeout(900)
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "true")
final class HdfsProofTest {
  @TempDir private Path folder;

  @Test
  void inputContextsAndOutputAreOnHdfs() throws Exception {
    try (MiniDFSCluster hdfs =
            new MiniDFSCluster.Builder(new Configuration(), folder.resolve("hdfs").toFile())
                .numDataNodes(1)
                .build();
        FlinkRig rig = new FlinkRig(folder, call -> Rows.reply(call, Duration.ofMillis(200)))) {
      FileSystem files = hdfs.getFileSystem();
      String root = "hdfs://127.0.0.1:" + hdfs.getNameNodePort();
      Path local = Files.createDirectories(folder.resolve("data"));
      StoredRows.write(local, root + "/data");
      files.copyFromLocalFile(path(local), new org.apache.hadoop.fs.Path("/data"));
      rig.addOn("hdfs");
      rig.up("--taskManagers=2", "--slots=2");
      String[] options = {
        "--addOns=hdfs",
        "--hdfsConfiguration=[{\"fs.defaultFS\":\"" + root + "\"}]",
        "--contextUriField=uri",
        "--parallelism=4"
      };

      FlinkRig.Outcome outcome = StoredRows.run(rig, root, options);

      Path out = folder.resolve("out");
      files.copyToLocalFile(new org.apache.hadoop.fs.Path("/out"), path(out));
      StoredRows.check(outcome, out);
      Scale.line(
          "hdfs://: input, %d contexts by URI and output; %d answered once each, by both task"
              + " managers",
          StoredRows.COUNT, StoredRows.COUNT);
    }
  }

  private static org.apache.hadoop.fs.Path path(Path local) {
    return new org.apache.hadoop.fs.Path(local.toUri());
  }
}
