package dev.rlmbeam.pipelines.flink;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether Flink is left to choose how many subtasks a step has. */
final class LauncherConfTest {
  private @TempDir Path folder;

  private boolean chooses(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
    return LauncherConf.choosesByBytes(Optional.of(folder.toString()));
  }

  @Test
  void itIsWhereNothingTurnsItOff() throws Exception {
    assertThat(LauncherConf.choosesByBytes(Optional.of(folder.toString()))).isTrue();
    assertThat(chooses("config.yaml", "rest.port: 8081\n")).isTrue();
    assertThat(chooses("config.yaml", "# " + LauncherConf.ADAPTIVE + ": false\n")).isTrue();
    assertThat(chooses("config.yaml", LauncherConf.ADAPTIVE + ": false\n")).isFalse();
    // Flink reads the older name first, and then nothing else.
    assertThat(chooses("flink-conf.yaml", "rest.port: 8081\n")).isTrue();
    assertThat(chooses("flink-conf.yaml", "a: b\n" + LauncherConf.ADAPTIVE + ": 'false'\n"))
        .isFalse();
  }

  @Test
  void theLaunchersOwnTurnsItOff() {
    Path own = Path.of("..", "runners-config", "flink", "launcher-conf");

    assertThat(LauncherConf.choosesByBytes(Optional.of(own.toString()))).isFalse();
  }
}
