package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.pipelines.io.RunFolder;
import dev.rlmbeam.pipelines.options.RunOptions;
import dev.rlmbeam.pipelines.options.UsageException;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** No add-on is on the class path of these tests. */
final class AddOnsTest {

  @Test
  void oneThatDoesNotExistIsRefusedWithThoseThatDo() {
    assertThat(refused("s3,ftp"))
        .contains("--addOns=s3 is not on the class path: start with ./rlm");
    assertThat(refused("ftp"))
        .isEqualTo("--addOns=ftp: there is no such add-on; there are gs, s3, hdfs.");
  }

  @Test
  void outputOnAFileSystemThatIsNotThereNamesItsAddOn() {
    UsageException e =
        assertThrows(UsageException.class, () -> RunFolder.at("hdfs://namenode/out").check(false));

    assertThat(e).hasMessageThat().contains("give --addOns=hdfs, or a file of this machine");
  }

  private static String refused(String addOns) {
    RunOptions options = PipelineOptionsFactory.fromArgs("--addOns=" + addOns).as(RunOptions.class);
    return assertThrows(UsageException.class, () -> AddOns.check(options)).getMessage();
  }
}
